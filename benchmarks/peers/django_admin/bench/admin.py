from django.contrib import admin

from .models import Department, Dossier, Procedure


@admin.register(Dossier)
class DossierAdmin(admin.ModelAdmin):
    list_display = [
        "code",
        "applicant_name",
        "phone",
        "procedure",
        "department",
        "status",
        "received_at",
        "due_at",
        "returned_at",
    ]
    search_fields = ["applicant_name"]
    ordering = ["-received_at"]
    list_per_page = 25  # FAB's default; Django's is 100


admin.site.register([Department, Procedure])
