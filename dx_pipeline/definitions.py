"""What ``workspace.yaml`` and ``pyproject.toml`` name: the code location for the settings of the environment."""

from dx_pipeline.defs.build import build_definitions
from dx_pipeline.settings import Settings

defs = build_definitions(Settings.read())
