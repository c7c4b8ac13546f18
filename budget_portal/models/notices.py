"""How a person wants to hear of what happens, and what waits for the hour at which it may be sent."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class NoticeChoice(models.Model):
    """The channel that a person chose for one kind of event; without a row the kind's own holds."""

    class Channel(models.TextChoices):
        SMS = "sms", "رایانامه و پیامک"
        MAIL = "mail", "رایانامه، همان ساعت اداری"
        DIGEST = "digest", "در خلاصهٔ روز"
        OFF = "off", "تنها در سامانه"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=8, choices=Channel.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="noticechoice_once"),
            models.CheckConstraint(
                name="noticechoice_channel", condition=Q(channel__in=["sms", "mail", "digest", "off"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.kind}: {self.channel}"


class NoticeHour(models.Model):
    """The hour of a person's daily digest."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_hour"
    )
    hour = models.PositiveSmallIntegerField(validators=[MinValueValidator(7), MaxValueValidator(17)])

    class Meta:
        constraints = [
            models.CheckConstraint(name="noticehour_office", condition=Q(hour__gte=7, hour__lte=17))
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.hour}"


class NoticeWaiting(models.Model):
    """A notice that is in the portal already and whose mail waits: for the morning, or for the digest."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    url = models.CharField(max_length=300, blank=True)
    in_digest = models.BooleanField()
    by_sms = models.BooleanField(default=False)
    not_before = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["not_before"], name="noticewaiting_open", condition=Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.subject
