from pathlib import Path

import dagster as dg
import pytest

from dx_pipeline.defs.home import DAGSTER_YAML, main, write_home

REPOSITORY = Path(__file__).parents[2]


def test_instance_is_quiet_and_gives_up_killed_runs(tmp_path: Path) -> None:
    write_home(tmp_path / "home")
    with dg.DagsterInstance.from_config(str(tmp_path / "home")) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.run_monitoring_enabled
        assert instance.run_monitoring_max_runtime_seconds == 3600
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1  # type: ignore[union-attr]


def test_the_repository_s_own_home_is_what_others_get() -> None:
    """``dg dev`` in a fresh clone finds it there."""
    assert (REPOSITORY / "warehouse/dagster_home/dagster.yaml").read_text(encoding="utf-8") == DAGSTER_YAML


def test_edited_settings_stay(tmp_path: Path) -> None:
    path = write_home(tmp_path)
    path.write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    assert write_home(tmp_path).read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["dagster.yaml"]


def test_main_prints_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DX_WAREHOUSE", str(tmp_path))
    main()
    home = Path(capsys.readouterr().out.strip())
    assert home == tmp_path / "dagster_home"
    assert (home / "dagster.yaml").is_file()
