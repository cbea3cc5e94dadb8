"""How every verb behaves: speaks the reader's language, tells all mistakes at once, and ends with an honest exit code.

0 is done, 1 is a fault in what was read, 2 is a command that cannot be understood.
"""

import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any, NoReturn

import click
from click.core import ParameterSource

from mirylo.core.faults import N_, FaultsFoundError

LANGUAGES = ("uk", "en")


WORDS = (
    N_("Usage:"),
    N_("Options:"),
    N_("Commands:"),
    N_("Show this message and exit."),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
    N_("[required]"),
)
"""What click itself writes on a help page."""


class UnclearCommandError(click.UsageError):
    """A command that cannot be understood, said in the reader's language."""

    def __init__(self, message: str, ctx: click.Context | None = None) -> None:
        """Keep the language too: the error is shown when the command has ended, and its language with it."""
        from mirylo.display.language import current

        super().__init__(message, ctx)
        self.language = current()

    def show(self, file: IO[Any] | None = None) -> None:
        """Write what is wrong, and where the help is."""
        from mirylo.display.language import say, speaking

        click.echo(self.format_message(), file=file, err=file is None)
        if self.ctx is not None:
            with speaking(self.language):
                click.echo(say("More: {command} --help", command=self.ctx.command_path), file=file, err=file is None)


class _Spoken:
    """Help in the reader's language; mistakes in what was read told all at once, never as a traceback."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the words of the command; what click cannot understand is said in the reader's language."""
        try:
            return super().make_context(info_name, args, parent, **extra)  # type: ignore[misc, no-any-return]
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            if isinstance(error, UnclearCommandError):
                raise
            from mirylo.commands.misunderstandings import say_misunderstanding

            with _language_of(error.ctx) if error.ctx else nullcontext():
                raise UnclearCommandError(say_misunderstanding(error), error.ctx) from None

    def get_help(self, ctx: click.Context) -> str:
        """The help page, every sentence of it translated."""
        with _language_of(ctx):
            from mirylo.display.language import say

            command: Any = self
            texts = {parameter: getattr(parameter, "help", None) for parameter in command.params}
            own, command.help = command.help, say(command.help)
            for parameter, text in texts.items():
                if text:
                    parameter.help = say(text)
            try:
                said = str(super().get_help(ctx))  # type: ignore[misc]
                for word in WORDS:
                    said = said.replace(word, say(word))
                return said
            finally:
                command.help = own
                for parameter, text in texts.items():
                    if text:
                        parameter.help = text

    def get_short_help_str(self, limit: int = 45) -> str:
        """One line in the list of verbs."""
        from mirylo.display.language import say

        command: Any = self
        return say(command.help)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; a file that is at fault ends it with 1 and the list of its faults."""
        try:
            return super().invoke(ctx)  # type: ignore[misc]
        except FaultsFoundError as error:
            tell_faults(error)
            ctx.exit(1)
        except BrokenPipeError:
            raise
        except OSError as error:
            from mirylo.display.language import say_detail

            click.echo(f"{error.filename}: {say_detail(error)}" if error.filename else say_detail(error), err=True)
            ctx.exit(1)


class Verb(_Spoken, click.Command):
    """A verb of the command."""


class Verbs(_Spoken, click.Group):
    """Verbs under one word."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The verb that was named; one that is not known is answered with the nearest."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            refuse_word(name, self.list_commands(ctx), N_("there is no verb {name}"))
        return super().resolve_command(ctx, args)


def _choose_language(ctx: click.Context, _parameter: click.Parameter, language: str) -> str:
    """Speak the language as soon as it is read, because what follows may already be a mistake to tell."""
    from mirylo.display.language import speaking

    if ctx.get_parameter_source("lang") is not ParameterSource.COMMANDLINE:
        language = ctx.meta.get("mirylo.language", language)  # `mirylo --lang en measure` speaks English throughout
    ctx.meta["mirylo.language"] = language
    ctx.with_resource(speaking(language))
    return language


def language_option(function: Any) -> Any:
    """Add `--lang` to a verb."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        default="uk",
        envvar="MIRYLO_LANG",
        is_eager=True,
        expose_value=False,
        callback=_choose_language,
        help=N_("The language to answer in; otherwise that of MIRYLO_LANG, or Ukrainian."),
    )(function)


def _language_of(ctx: click.Context) -> AbstractContextManager[None]:
    from mirylo.display.language import current, speaking

    return speaking(ctx.meta.get("mirylo.language", current()))


def tell_faults(error: FaultsFoundError) -> None:
    """Write every fault on a line of its own to the standard error."""
    from mirylo.display.language import say_fault
    from mirylo.display.numbers import say_count

    n = len(error.faults)
    if n > 1:
        click.echo(say_count("{n} mistake was found:", "{n} mistakes were found:", n), err=True)
    for fault in error.faults:
        click.echo(say_fault(fault), err=True)


def refuse(template: str, **values: object) -> NoReturn:
    """End with a usage error, said in the reader's language."""
    from mirylo.display.language import say

    raise UnclearCommandError(say(template, **values))


def refuse_all(problems: Sequence[str]) -> None:
    """End with a usage error if there are problems, and tell all of them."""
    if problems:
        raise UnclearCommandError("\n".join(problems))


def refuse_word(name: str, known: Iterable[str], template: str) -> NoReturn:
    """End with a usage error for a word that is not known, and name those most like it."""
    raise UnclearCommandError(say_unknown(name, known, template))


def say_unknown(name: str, known: Iterable[str], template: str) -> str:
    """That a word is not known, and which are most like it."""
    from difflib import get_close_matches

    from mirylo.display.language import say

    known = list(known)
    near = get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    if near:
        return f"{say(template, name=name)}. {say('The nearest are: {names}.', names=', '.join(near))}"
    return f"{say(template, name=name)}. {say('Known are: {names}.', names=', '.join(known))}"


class FileToWrite(click.Path):
    """A file that will be written: its folder must be there before the work begins."""

    def __init__(self) -> None:
        """Take no folder for a file."""
        super().__init__(path_type=Path, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a usage error if there is no folder to write it to."""
        path = Path(str(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            refuse(
                N_("there is no folder {folder} to write {file} to. Make it, or name another."),
                folder=path.parent,
                file=path.name,
            )
        return path


def is_shown(stream: Any = None) -> bool:
    """Whether somebody looks at the stream (standard error, if none is given) rather than a file or a pipe."""
    return bool((stream or sys.stderr).isatty())
