"""The settings of passwords."""

from keyfob_server.settings.kinds import Text, matching
from keyfob_server.settings.setting import Setting

PASSWORDS = (
    Setting(
        "passwords.known_file", "known_passwords", Text("a path", matching(r"[^\0]*", "the path of a file")), "",
        "A list of stolen passwords, which nobody may choose: one SHA-1 a line, in capital hexadecimal letters and in "
        "their order. Relative to the configuration file's folder or absolute; empty: the commonest alone are refused.",
    ),
)  # fmt: skip
