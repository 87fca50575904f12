"""`python -m cc_connect` is the same as `cc-connect`."""

from cc_connect.app.cli import main

if __name__ == "__main__":
    main()
