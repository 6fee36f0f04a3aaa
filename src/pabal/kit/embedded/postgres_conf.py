"""Settings of the embedded server: safe on power loss, silent about what people wrote, sized to the
machine.
"""

from __future__ import annotations

import os
from pathlib import Path

_MIB = 1024 * 1024


def memory_mib() -> int:
    """Return the memory we may use: the machine's, or the container's limit where that is lower."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MIB
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit) // _MIB) if limit.isdigit() else total


def server_settings(major: int, *, remembers: bool) -> dict[str, str]:
    memory = memory_mib()
    return {
        # Only the Unix socket in a private folder; the folder's mode is the outer wall, SCRAM the inner one.
        "listen_addresses": "",
        "max_connections": "120",
        # A twelfth of memory up to 2 GiB: api, workers, Valkey and the page cache live on the same machine.
        "shared_buffers": f"{max(64, min(2048, memory // 12))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "maintenance_work_mem": f"{max(32, min(512, memory // 32))}MB",
        "work_mem": "8MB",
        "random_page_cost": "1.1",
        # After a restart the pages it had are read in the background: for some minutes each search of a frequent name had
        # copied 2,000 of them, 25 ms of CPU at a million people instead of 6.
        "shared_preload_libraries": "pg_prewarm" if remembers else "",
        # Short statements only: compiling them costs more than it brings.
        "jit": "off",
        # Exactly-once rests on these three (dispatch: "The commits").
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_compression": "lz4" if major >= 15 else "on",
        "min_wal_size": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "autovacuum_naptime": "20s",
        # A transaction that sits idle holds row locks that others wait for; ours never talk to the network
        # inside one.
        "idle_in_transaction_session_timeout": "60s",
        # A statement whose client was killed ends within two seconds instead of running on.
        "client_connection_check_interval": "2s",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "Asia/Seoul",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        # No personal data in logs: no parameters, no statements, no DETAIL with key values; and no ERROR
        # lines, whose text may quote a value ("invalid input syntax ..."): the client gets those. LOG, FATAL
        # and PANIC remain.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_min_duration_statement": "-1",
        "log_statement": "none",
    }
