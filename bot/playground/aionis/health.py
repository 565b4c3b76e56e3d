"""`GET /health`, and the routes that Lite refuses with 501 (contract, sections 7 and 8.2)."""

from typing import Any

from bot.playground.aionis.problems import Problem
from bot.playground.aionis.writing import LOCAL_ACTOR

_SERVER_ONLY = (  # group, path prefixes, what it is called in the refusal
    ("admin_control", ("/v1/admin/control",), "admin control"),
    ("memory_lifecycle", ("/v1/memory/archive/rehydrate", "/v1/memory/nodes/activate"), "memory lifecycle"),
)

_SANDBOX: dict[str, Any] = {
    "enabled": False,
    "mode": "mock",
    "queue_depth": 0,
    "active_runs": 0,
    "max_concurrency": 2,
    "remote_executor_configured": False,
    "remote_executor_timeout_ms": None,
    "remote_executor_allowlist_count": None,
    "remote_executor_egress_cidr_count": None,
    "remote_executor_deny_private_ips": None,
    "remote_executor_mtls_enabled": None,
    "heartbeat_interval_ms": 5000,
    "stale_after_ms": 120_000,
    "recovery_poll_interval_ms": 15_000,
    "tenant_budget": {"window_hours": 24, "tenant_count": 0},
    "remote_egress": {"cidr_count": 0, "deny_private_ips": True},
    "artifact_object_store": {"base_uri_configured": False},
}


def health(*, lite: bool = True) -> dict[str, Any]:
    """Return an edition's health. The server's says nothing of a local identity."""
    return {
        "ok": True,
        "runtime": {"edition": "lite", "mode": "local"} if lite else {"edition": "server", "mode": "service"},
        "storage": {"backend": "lite_sqlite" if lite else "postgres"},
        "lite": _lite() if lite else None,
        "sandbox": _SANDBOX,
    }


def _lite() -> dict[str, Any]:
    """Return what Lite says of itself; the stores are in memory, so their paths are."""
    memory = ":memory:"
    return {
        "identity": {"local_actor_id": LOCAL_ACTOR},
        "stores": {
            "recall": {"path": memory, "mode": "sqlite_recall_v1"},
            "write": {"path": memory, "mode": "sqlite_write_v1"},
            "replay": {"path": memory, "mode": "sqlite_mirror_v1"},
            "automation_definitions": {"path": memory, "mode": "sqlite_automation_v1"},
            "automation_runs": {"path": memory, "mode": "sqlite_automation_run_v1"},
        },
        "route_matrix": {
            "kernel_required_routes": [
                "memory-write",
                "memory-access-partial",
                "memory-replay-core",
                "memory-feedback-tools",
            ],
            "optional_routes": [],
            "server_only_route_groups": [
                {
                    "group": group,
                    "prefixes": [variant for prefix in prefixes for variant in (prefix, f"{prefix}/*")],
                    "reason": _reason(name),
                }
                for group, prefixes, name in _SERVER_ONLY
            ],
        },
    }


def server_only(path: str) -> Problem | None:
    """Return the refusal for a route of the server edition, or None for any other path."""
    for group, prefixes, name in _SERVER_ONLY:
        if any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes):
            return unsupported(path, group, _reason(name))
    return None


def unsupported(path: str, group: str, reason: str) -> Problem:
    """Return the 501 of an edition boundary."""
    details = {
        "contract": "lite_error_v1",
        "edition": "lite",
        "supported_in_lite": False,
        "route": path,
        "surface": "server_only_route_group",
        "route_group": group,
        "reason": reason,
        "unsupported": [],
        "fallback_applied": False,
    }
    return Problem(501, "server_only_in_lite", reason, details)


def _reason(name: str) -> str:
    return f"{name} routes are unavailable in lite edition"
