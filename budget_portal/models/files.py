import uuid

from django.db import models


class StoredFile(models.Model):
    """A file under MEDIA_ROOT, reached only through its parent's permission (decision 12).

    `key` is random and is the file's name on disk; `name` is what the person called it.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64, db_index=True)
    organization = models.ForeignKey(
        "accounts.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="storedfile_size"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Path below MEDIA_ROOT; two levels of folders keep directories small."""
        text = self.key.hex
        return f"{text[:2]}/{text[2:4]}/{text}"
