"""The command `marrow`. What a command needs is imported when it runs, so that the others start at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.check.commands import check_request
from service.codes.commands import codes
from service.persistence.audit_commands import audit, erase, purge
from service.persistence.commands import db
from service.play.commands import demo, try_hook
from service.reports.commands import report
from service.rules.commands import rules

if TYPE_CHECKING:
    from service.config import Settings

app = typer.Typer(
    name="marrow",
    help="A CDS Hooks service for bone marrow edema and bone marrow edema syndrome.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]
STOP_SECONDS = 10
# Longer than proxies keep an idle connection (a minute, as a rule): the end that waits for nothing is the one to close
# it, or a call is sent into a connection that is just being closed.
KEEP_ALIVE_SECONDS = 75
EXIT_SETUP = 2


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the port.")] = 1,
) -> None:
    """Answer CDS Hooks calls."""
    import gc

    gc.disable()  # `app_factory` turns it on again; a start takes a sixth less without
    import uvicorn

    if workers > 1:
        _share_metrics()  # before anything that counts is imported, here and in the workers
    from service.app import app_factory, check_database
    from service.config import load_settings
    from service.errors import SetupError
    from service.security.http_head import BoundedHead

    try:
        settings = load_settings()
        tls = _tls(settings)
        application = app_factory(workers)  # with several workers too: a set-up that does not fit is said once, here
        check_database(settings)
    except SetupError as error:
        typer.echo(f"marrow cannot start: {error}", err=True)
        raise typer.Exit(EXIT_SETUP) from None
    typer.echo(
        f"Marrow in {settings.mode} mode, CDS services at {_address(host, port, bool(tls))}/cds-services", err=True
    )
    if settings.development:
        typer.echo("Calls without a token are accepted. Do not put this in front of real patients.", err=True)
    if application.state.console:
        typer.echo(f"A console to try it at {_address(host, port, bool(tls))}/console", err=True)
    uvicorn.run(
        application if workers == 1 else "service.app:app_factory",
        factory=workers > 1,
        host=host,
        port=port,
        workers=workers,
        http=BoundedHead,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        **tls,
    )


@app.command()
def sample_ehr(host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Serve sample patients as a FHIR server, read only."""
    import asyncio
    import signal
    from datetime import datetime

    from service.sample_ehr import running

    async def run() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        async with running(datetime.now().astimezone().date(), host, port) as base:
            typer.echo(f"Sample patients at {base}", err=True)
            await stop.wait()

    try:
        asyncio.run(run())
    except OSError as error:
        typer.echo(f"cannot listen on {_address(host, port)}: {error.strerror}", err=True)
        raise typer.Exit(1) from None


@app.command()
def config(
    markdown: Annotated[bool, typer.Option("--markdown", help="As a table for documentation, with defaults.")] = False,
) -> None:
    """List the settings: name, what holds now, default, meaning. Secrets are hidden."""
    from service.config import Settings, describe, load_settings
    from service.errors import SetupError

    if markdown:
        typer.echo("| variable | default | meaning |\n| --- | --- | --- |")
        for setting in describe(Settings.model_construct()):
            typer.echo(
                f"| `{setting.variable}` | {f'`{setting.default}`' if setting.default else ''} | {setting.meaning} |"
            )
        return
    try:
        settings = load_settings()
    except SetupError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_SETUP) from None
    for setting in describe(settings):
        typer.echo(
            f"{setting.variable} = {setting.value}\n    {setting.meaning} (default: {setting.default or 'none'})"
        )


@app.command()
def version() -> None:
    """Print the version."""
    from service.version import program_version

    typer.echo(program_version())


app.add_typer(codes)
app.add_typer(rules)
app.add_typer(db)
app.add_typer(audit)
app.command()(purge)
app.command()(erase)
app.command("try")(try_hook)
app.command()(check_request)
app.command()(demo)
app.command()(report)


def _share_metrics() -> None:
    """A folder for the counts of all workers, which goes with this process."""
    import atexit
    import os
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix="marrow-metrics-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def _tls(settings: Settings) -> dict[str, Any]:
    """What uvicorn needs to speak https (TLS 1.2 or later). Raises SetupError for files that do not fit together."""
    import ssl

    from service.errors import SetupError

    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate is None and key is None:
        return {}
    try:
        # A password would be asked for at the terminal; an empty one makes a protected key an error.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate or "", key, password="")
    except OSError:  # ssl.SSLError is one
        raise SetupError("MARROW_TLS_CERTIFICATE and MARROW_TLS_KEY: not a readable chain with its own key") from None
    return {"ssl_certfile": certificate, "ssl_keyfile": key}


def _address(host: str, port: int, tls: bool = False) -> str:
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
