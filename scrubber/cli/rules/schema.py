"""`scrubber rules schema`: what an editor needs to complete and explain rules of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from scrubber.cli.common import Failure, load_bundle, packs_option


@click.command()
@click.argument("folder", metavar="DIR")
@packs_option
def schema(folder: str, packs: tuple[str, ...]) -> int:
    """Write JSON Schemas into DIR/schema, with the names that DIR knows, and say how an editor finds them.

    DIR is your folder of rules. The schemas know the sets, tables, payers and sources that it had when they
    were written; other names are no mistake to an editor, but it does not offer them.
    """
    from scrubber.packs.editor.settings import editor_settings
    from scrubber.packs.export import write_schemas

    root = Path(folder)
    bundle = load_bundle((*packs, folder))
    target = root / "schema"
    try:
        written = write_schemas(target, bundle)
    except OSError as error:
        message = f"{target} cannot be written ({error.strerror})"
        raise Failure(message, "move it away, or make the folder writable") from None
    click.echo(
        f"{len(written)} schemas in {target}. For VS Code with the extension `redhat.vscode-yaml`,", err=True
    )
    click.echo("put this into .vscode/settings.json of the folder that you open:", err=True)
    click.echo(json.dumps(editor_settings(target.absolute().as_uri(), root.absolute().name), indent=2))
    return 0
