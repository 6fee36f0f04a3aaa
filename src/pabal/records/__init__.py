"""Records: tables a tenant makes itself, with typed fields, a history and a link to the contact book. docs/records.md."""

from pabal.records.actions import create_records, partition_of, person_of
from pabal.records.filter_sql import record_filter
from pabal.records.importing import ReadList, read_list
from pabal.records.model import Partition, Record, put_together
from pabal.records.outbox import TakenChange, take_changes
from pabal.records.partitions import find_partition, read_partition
from pabal.records.queries import count_records, page_of_records, read_record, read_records

__all__ = [
    "Partition",
    "ReadList",
    "Record",
    "TakenChange",
    "count_records",
    "create_records",
    "find_partition",
    "page_of_records",
    "partition_of",
    "person_of",
    "put_together",
    "read_list",
    "read_partition",
    "read_record",
    "read_records",
    "record_filter",
    "take_changes",
]
