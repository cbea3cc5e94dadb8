"""The connected systems from a terminal: a fresh folder is enough, and a lost key is no calamity."""

from pathlib import Path

from tests.commands.served import run


def test_a_system_is_connected_in_a_fresh_folder_and_looked_after(tmp_path: Path) -> None:
    done = run(["connect", "Портал", "--kind", "portal", "--source", "portal"], tmp_path, DATABASE_URL="")
    assert done.returncode == 0, done.stderr
    first = done.stdout.strip()
    done = run(["systems", "renew", "Портал"], tmp_path)
    second = done.stdout.strip()
    assert second.startswith("mirylo_")
    assert second != first
    done = run(["systems", "allow", "Портал", "--source", "portal-2"], tmp_path)
    assert done.stdout.splitlines() == [
        "Портал (portal)", "  sources: portal, portal-2", f"  key: {second[:12]}…", "  last heard: never",
    ]  # fmt: skip
    assert run(["systems", "stop", "Портал"], tmp_path).returncode == 0
    assert "Портал (portal) — stopped" in run(["systems", "list"], tmp_path).stdout
    done = run(["systems", "renew", "Портл"], tmp_path)
    assert done.returncode == 1
    assert done.stderr == "Портл: no connected system has this name. Those that are connected: Портал.\n"
