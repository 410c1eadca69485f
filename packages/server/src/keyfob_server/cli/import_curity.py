"""`keyfob import-curity`"""

from pathlib import Path

import click

from keyfob_server.cli.failures import CommandFailed, ExitCode, report
from keyfob_server.cli.output import echo
from keyfob_server.settings.curity_import import Imported, import_curity
from keyfob_server.settings.curity_xml import XmlRefused, read_xml
from keyfob_server.settings.document_text import client_text, registration_text


@click.command("import-curity", short_help="Turn a Curity configuration into a document.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there, to a new file."
)
def import_curity_(file: Path, *, out: Path | None) -> None:
    """Turn the clients and the dynamic registration of a Curity Identity Server's XML into a document to apply.

    The document goes to standard output. What has no counterpart here is named on standard error, with line and path.
    No secret is taken over.
    """
    try:
        imported = import_curity(read_xml(file), file=str(file))
    except XmlRefused as error:
        raise CommandFailed(str(error)) from error
    for note in imported.notes:
        report(note)
    text = _text(imported)
    if not text:
        raise CommandFailed(f"{file} holds no client and no dynamic registration", ExitCode.REFUSED)
    if out is None:
        echo(text.rstrip("\n"))
        return
    try:
        with out.open("x", encoding="utf-8") as written:
            written.write(text)
    except OSError as error:
        raise CommandFailed(f"{out}: {error.strerror}", ExitCode.REFUSED) from error


def _text(imported: Imported) -> str:
    parts = [registration_text(imported.registration)] if imported.registration is not None else []
    return "\n".join([*parts, *(client_text(client.id, client) for client in imported.clients)])
