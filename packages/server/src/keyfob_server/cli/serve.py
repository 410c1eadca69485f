from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import echo, plain
from keyfob_server.cli.place import settings

if TYPE_CHECKING:
    from keyfob_server.composition.serve import Started

DEMO_DATA_DIR = "keyfob-demo"


@click.command("serve")
@click.option("--demo", is_flag=True, help="A first look: made-up accounts, on loopback only, set up by itself.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEMO_DATA_DIR,
    show_default=True,
    help="With --demo: where its data lie.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="With --demo: the loopback address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8443,
    show_default=True,
    help="With --demo: the public port; 0 picks one and remembers it.",
)
@click.option(
    "--admin-port",
    type=click.IntRange(0, 65535),
    default=6749,
    show_default=True,
    help="With --demo: the admin port; 0 picks one.",
)
@click.option("--base-url", metavar="URL", help="With --demo: what apps call the server by.")
@click.option("--tls", is_flag=True, help="With --demo: speak https, with a certificate authority of the demo's own.")
@click.option("--database-url", metavar="URL", help="With --demo: an empty PostgreSQL database instead of a file.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes, on PostgreSQL.")
@click.pass_context
def serve(
    ctx: click.Context,
    *,
    demo: bool,
    data_dir: Path,
    host: str,
    port: int,
    admin_port: int,
    base_url: str | None,
    tls: bool,
    database_url: str | None,
    workers: int,
) -> None:
    """Run the authorization server until SIGTERM or Ctrl-C.

    Without --demo everything comes from the settings: see `keyfob init` and `keyfob check-config`.
    """
    given = [
        name
        for name in ("data_dir", "host", "port", "admin_port", "base_url", "tls", "database_url")
        if _was_given(ctx, name)
    ]
    if given and not demo:
        option = "--" + given[0].replace("_", "-")
        raise click.UsageError(f"{option} goes with --demo; otherwise the settings say it", ctx)
    if demo and workers > 1:
        raise click.UsageError("--workers goes without --demo", ctx)
    from keyfob_server.composition import serve as composition  # noqa: PLC0415 - heavy: --help does not need it
    from keyfob_server.composition.workers import WorkerFailed  # noqa: PLC0415 - as above

    try:
        if demo:
            composition.serve_demo(
                data_dir,
                host=host,
                port=port,
                admin_port=admin_port,
                base_url=base_url,
                tls=tls,
                database_url=database_url,
                on_ready=lambda started, folder: _announce_demo(
                    started, folder.path, folder.issuer_secret_file, folder.certificates.authority if tls else None
                ),
            )
        else:
            composition.serve(settings(), workers=workers, on_ready=_announce)
    except WorkerFailed:
        raise CommandFailed("a process did not come to serve; its own line says why", ExitCode.UNAVAILABLE) from None
    except composition.START_REFUSALS as error:
        raise CommandFailed(str(error), ExitCode.UNAVAILABLE) from error


def _was_given(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT


def _announce(started: "Started") -> None:
    echo(f"ready: {plain(started.issuer)}")


def _announce_demo(started: "Started", folder: Path, issuer_secret: Path, authority: Path | None) -> None:
    secret = issuer_secret.read_text().strip() if issuer_secret.exists() else ""
    client = (f"  client    {issuer_secret.stem} / {secret}   (initial tokens, by client credentials)",)
    trust = (f"  trust     {plain(str(authority))}   (curl --cacert, or import it into a browser)",)
    echo(
        "\n".join(
            (
                "",
                "  KEYFOB DEMO: everybody knows its passwords. Never use it for anything real.",
                "",
                f"  issuer    {plain(started.issuer)}",
                f"  admin     {plain(started.admin_url)}",
                *(trust if authority else ()),
                "  sign in   demouser / Password1   (administrator: admin / Password1)",
                *(client if secret else ()),
                f"  data      {plain(str(folder))}   (logs: server.log, database: keyfob.db)",
                f"  manage    keyfob --config {plain(str(folder / 'keyfob.toml'))} instance list",
                "",
                "  Stop with Ctrl-C.",
            )
        )
    )
