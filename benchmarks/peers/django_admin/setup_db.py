"""Django's own tables and the account of the benchmark, beside the peers' tables."""

import os

import django


def main() -> None:
    """Prepare the database of DATABASE_URL."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    get_user_model().objects.create_superuser("bench", "bench@example.org", "Bench@12345")


if __name__ == "__main__":
    main()
