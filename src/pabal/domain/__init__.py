"""Pure rules: no I/O, no clock reads, no awaits. Tested by tables and properties in tests/domain."""
