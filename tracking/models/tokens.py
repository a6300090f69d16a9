"""The keys by which programs and calendars come in. Each is shown once; only its hash is kept."""

from django.db import models

from tracking.models.people import User
from tracking.vocabulary import TokenScope


class ApiToken(models.Model):
    """A program's key to what its person may do, until it expires or is revoked. Written by `tracking.tokens` alone."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=TokenScope.choices(), default=TokenScope.WRITE.value)
    digest = models.CharField("SHA-256", max_length=64, unique=True)
    begins_with = models.CharField(max_length=10, help_text="How the token begins, to tell one from another.")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"


class CalendarAddress(models.Model):
    """The secret address of one person's calendar. A new one ends the old one. Written by `tracking.tokens` alone."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_address")
    digest = models.CharField("SHA-256", max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Calendar of {self.user}"


class KeptAnswer(models.Model):
    """The answer to a request that carried an Idempotency-Key, stored in the transaction of what it did.

    `forces` are the forces whose work the person could read then: who has lost one gets no answer of that time.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, address and body.")
    http_status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    forces = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="one_answer_per_key_and_person"),)
        indexes = (models.Index(fields=("made_at",), name="kept_answers_by_age"),)

    def __str__(self) -> str:
        return f"{self.http_status} for {self.key}"
