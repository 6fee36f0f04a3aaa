"""The `pabal` command. Each group of commands has a file; heavy imports stay inside the commands, so that
`pabal doctor` works when a dependency is broken.
"""

import typer

from pabal.cli import (
    backup,
    database,
    demo,
    doctor,
    keys,
    members,
    openapi,
    operators,
    rehearse,
    sending,
    services,
    tenants,
    up,
)

app = typer.Typer(
    name="pabal",
    help="파발: 선거캠프와 영업조직을 위한 자체 설치형 메시지 허브",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(up.up)
app.command("api")(services.api)
app.command("worker")(services.worker)
app.command("scheduler")(services.scheduler)
app.command("sandbox")(services.sandbox)
app.command("migrate")(database.migrate)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("openapi")(openapi.openapi)
app.command("rehearse")(rehearse.rehearse)
app.command("demo", hidden=True)(demo.demo)
app.add_typer(keys.app, name="keys")
app.add_typer(tenants.app, name="tenants")
app.add_typer(members.app, name="members")
app.add_typer(operators.app, name="operators")
app.add_typer(sending.app, name="sending")
