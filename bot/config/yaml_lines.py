"""YAML whose mistakes are said with their line. Apart, because only those who have such a file pay for the import of YAML."""

import yaml

from bot.config.settings_file import SettingsFile


def compose(file: SettingsFile, text: str) -> yaml.Node | None:
    """Return a text's nodes, which know their lines. Raises `SettingsError` for what is no YAML, and for an alias."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        alias = _alias_line(text)
    except yaml.MarkedYAMLError as error:
        raise no_yaml(file, text, error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise file.wrong(line, "it has a character that YAML does not allow.") from error
    except RecursionError as error:
        raise file.wrong(1, "it is nested too deeply.") from error
    if alias:
        raise file.wrong(alias, "it has a YAML alias; write out what the alias stands for.")
    return node


def no_yaml(file: SettingsFile, text: str, error: yaml.MarkedYAMLError) -> Exception:
    """Return what is said of a mistake that YAML itself has found."""
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    words = (error.problem or "it is not YAML").removeprefix("but ")
    return file.wrong(min(line, text.rstrip().count("\n") + 1), f"{words}.")


def _alias_line(text: str) -> int | None:
    """Return the line of the first alias, with which a small file could mean a huge one."""
    tokens = yaml.scan(text, Loader=yaml.SafeLoader)
    return next((token.start_mark.line + 1 for token in tokens if isinstance(token, yaml.AliasToken)), None)
