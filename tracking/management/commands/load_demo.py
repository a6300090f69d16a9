"""Loads the demo: real facts, a fictional force, and a person for each role."""

from typing import Any

from django.core.management.base import CommandParser

from findings.management.database import DatabaseCommand
from tracking.demo import load_demo


class Command(DatabaseCommand):
    help = "Loads the demo. Passwords are made at the first run and printed once; a second run keeps everything."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="", help="where the service will answer, to print with the sign-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        opened, sign_ins = load_demo()
        self.stdout.write(f"Demo data: {opened} findings newly opened.")
        if sign_ins:
            self.stdout.write("\nSign-ins of the demo (these passwords are shown this once):")
            for person in sign_ins:
                self.stdout.write(f"  {person.username:<14} {person.password:<18} {person.role}")
        else:
            self.stdout.write(
                "Sign-ins: as printed at the first run; a lost one is set anew by: manage.py changepassword NAME"
            )
        if options["address"]:
            self.stdout.write(
                f"\npeeltrack: {options['address']}   (API: {options['address']}/api/v1/docs/)\nCtrl-C stops all of it.\n"
            )
