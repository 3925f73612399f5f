"""`python run.py` serves the product; `flask --app run …` gives its commands."""

from app import create_app

__all__ = ["create_app"]

if __name__ == "__main__":
    from app.server import main

    main()
