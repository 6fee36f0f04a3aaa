"""What becomes of imports that nobody finishes: runners that keep dying, uploads that were given up.

`imports.tries` counts the runners since the last chunk went in. Taking the import counts, so that a runner
that takes its worker with it (out of memory) is counted as well; a chunk that goes in sets it to zero.
"""

from uuid import UUID

from pabal.kit.db import Conn, Database, system_tx, tenant_tx

MAX_TRIES = 5
KEEP = "1 day"
KEEP_DRAFTS = "7 days"  # an upload at the mapping screen: over a weekend, not for ever


async def after_crash(db: Database, tenant_id: UUID, import_id: UUID, owner: str) -> None:
    """For whoever saw its runner die: its lease ends after a pause that doubles (2 to 16 s), or the import fails."""
    async with tenant_tx(db, tenant_id) as conn:
        await conn.execute(
            """
            UPDATE imports SET tries = tries + CASE WHEN owner = %(owner)s THEN 0 ELSE 1 END, owner = %(owner)s,
                   lease_until = clock_timestamp() + make_interval(secs => power(2, least(tries, 4)))
            WHERE id = %(id)s AND state = 'running'
              AND (owner = %(owner)s OR lease_until IS NULL OR lease_until <= clock_timestamp())
            """,
            {"id": import_id, "owner": owner},
        )
        await give_up_if_tried_enough(conn, import_id, owner, MAX_TRIES)


async def give_up_if_tried_enough(conn: Conn, import_id: UUID, owner: str, tries: int) -> bool:
    """What is in stays and is said; the file stays a day, for those who look for the reason."""
    cursor = await conn.execute(
        """
        UPDATE imports SET state = 'failed', finished_at = clock_timestamp(), owner = NULL, lease_until = NULL,
               problem = CASE WHEN rows_done = 0 THEN '여러 번 해 봤지만 읽다가 멈췄어요. 들어간 줄은 없어요.'
                              ELSE format('여러 번 해 봤지만 %%s번째 줄 뒤에서 멈췄어요. 그 앞의 줄은 모두 들어갔어요.',
                                          rows_done) END || ' 파일을 나누어 다시 올려 주세요'
        WHERE id = %(id)s AND owner = %(owner)s AND state = 'running' AND tries >= %(tries)s
        """,
        {"id": import_id, "owner": owner, "tries": tries},
    )
    return cursor.rowcount == 1


async def forget_old_uploads(db: Database) -> None:
    """For the scheduler: uploads that broke off, and the files of imports that failed or were cancelled, after a day;
    uploads that nobody started, after a week.
    """
    async with system_tx(db) as conn:
        cursor = await conn.execute(
            f"SELECT tenant_id FROM app.old_uploads(clock_timestamp() - interval '{KEEP}')"
        )
        tenants = [row[0] for row in await cursor.fetchall()]
    for tenant_id in tenants:
        async with tenant_tx(db, tenant_id) as conn:
            await conn.execute(
                f"""
                DELETE FROM imports
                WHERE (state = 'uploading' AND created_at < clock_timestamp() - interval '{KEEP}')
                   OR (state = 'uploaded' AND created_at < clock_timestamp() - interval '{KEEP_DRAFTS}')
                """
            )
            await conn.execute(
                f"""
                DELETE FROM import_files f USING imports i
                WHERE i.tenant_id = f.tenant_id AND i.id = f.import_id AND i.state IN ('failed', 'cancelled')
                  AND i.finished_at < clock_timestamp() - interval '{KEEP}'
                """
            )
