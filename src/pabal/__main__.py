"""Entry of the `pabal` command: errors meant for people are shown without a traceback."""

import sys


def main() -> None:
    from pabal.cli import app
    from pabal.kit.embedded.files import EmbeddedError

    try:
        app()
    except EmbeddedError as error:
        sys.stderr.write(f"pabal: {error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
