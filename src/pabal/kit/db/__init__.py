"""The database: exactly two doors (`tenant_tx`, `system_tx`), keys, ciphertext, migrations. docs/tenancy.md."""

from pabal.kit.db.arrays import hex_array, int_array, uuid_array
from pabal.kit.db.pii import KeyRing, TenantKeys, sealed_key_kinds, token, value_key
from pabal.kit.db.pool import open_pool
from pabal.kit.db.tx import (
    Conn,
    Database,
    Statement,
    system_at_once,
    system_tx,
    tenant_at_once,
    tenant_tx,
    tenant_tx_after,
    tenant_tx_piped,
    tenant_tx_sync,
)

__all__ = [
    "Conn",
    "Database",
    "KeyRing",
    "Statement",
    "TenantKeys",
    "hex_array",
    "int_array",
    "open_pool",
    "sealed_key_kinds",
    "system_at_once",
    "system_tx",
    "tenant_at_once",
    "tenant_tx",
    "tenant_tx_after",
    "tenant_tx_piped",
    "tenant_tx_sync",
    "token",
    "uuid_array",
    "value_key",
]
