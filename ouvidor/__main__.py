"""`python -m ouvidor`: the command line, where its script is not on the path."""

from ouvidor.cli import main

if __name__ == "__main__":
    main()
