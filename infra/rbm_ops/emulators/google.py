"""Find and start Google's official Pub/Sub and Firestore emulators, without the gcloud wrapper.

Jar locations and flags: Google Cloud SDK 528.0.0 (`platform/…`), read 2026-11.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

# An unbounded heap grows past 1 GiB under load; C1 alone halves the start (measured 2026-11).
_JAVA_FLAGS = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Duser.language=en")
_FIRESTORE_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_JARS = {
    "firestore": ("FIRESTORE_EMULATOR_JAR", "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"),
    "pubsub": ("PUBSUB_EMULATOR_JAR", "platform/pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar"),
}


class EmulatorsMissing(Exception):
    """Google's emulators can't be started here; the text says what is missing and how to get it."""


def firestore_command(port: int, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The command that serves Google's Firestore emulator on 127.0.0.1:`port`."""
    jar = _find_jar("firestore", environ)
    return [*_java(), "-cp", str(jar), _FIRESTORE_MAIN, "--host=127.0.0.1", f"--port={port}"]


def pubsub_command(port: int, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The command that serves Google's Pub/Sub emulator on 127.0.0.1:`port`."""
    jar = _find_jar("pubsub", environ)
    return [*_java(), "-jar", str(jar), "--host=127.0.0.1", f"--port={port}"]


def _java() -> list[str]:
    java = shutil.which("java")
    if java is None:
        raise EmulatorsMissing("Google's emulators need Java 11 or later on the PATH.")
    return [java, *_JAVA_FLAGS]


def _find_jar(name: str, environ: Mapping[str, str]) -> Path:
    variable, pattern = _JARS[name]
    if variable in environ:
        return _existing(Path(environ[variable]), variable)
    jars = sorted(_sdk_root().glob(pattern))
    if not jars:
        raise EmulatorsMissing(
            f"Google's {name} emulator is not installed: run 'gcloud components install "
            f"{'cloud-firestore-emulator' if name == 'firestore' else 'pubsub-emulator'}' "
            f"or set {variable} to the path of its jar."
        )
    return jars[-1]


def _existing(jar: Path, variable: str) -> Path:
    if not jar.is_file():
        raise EmulatorsMissing(f"{variable} names {jar}, which is not a file.")
    return jar


def _sdk_root() -> Path:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise EmulatorsMissing(
            "Google's emulators were not found: install gcloud, or set FIRESTORE_EMULATOR_JAR and "
            "PUBSUB_EMULATOR_JAR to the paths of their jars."
        )
    found = subprocess.run(
        [gcloud, "info", "--format=value(installation.sdk_root)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Path(found.stdout.strip())
