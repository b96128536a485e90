"""Real workers beside the tests of this folder."""

from tests.support.workers import forge, process_env, process_log, session_forge

__all__ = ["forge", "process_env", "process_log", "session_forge"]
