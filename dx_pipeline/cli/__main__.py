"""``python -m dx_pipeline.cli``: the same as ``dx``."""

from dx_pipeline.cli.main import main

if __name__ == "__main__":
    main()
