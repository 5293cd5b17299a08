"""People, as staff see them: extra time is theirs to grant, rights are not."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.forms import UserChangeForm as DjangoUserChangeForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.forms import ChoosesPlace
from accounts.models import User

# One door: allauth's log-in has the rate limits and the second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "Passline"
admin.site.site_title = "Passline"
admin.site.index_title = _("Staff")

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class UserChangeForm(ChoosesPlace, DjangoUserChangeForm[User]):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):  # type: ignore[type-var]
    form = UserChangeForm
    add_form = UserCreationForm
    ordering = ("email",)
    list_display = (
        "email",
        "name",
        "time_zone",
        "extra_time_percent",
        "extra_time_minutes",
        "is_active",
        "is_staff",
    )
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()  # its pair of lists is not accessible
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "time_zone", "language")}),
        (
            _("Extra time"),
            {
                "fields": ("extra_time_percent", "extra_time_minutes"),
                "description": _(
                    "Added to the time limit of every exam that starts from now on; "
                    "a running sitting keeps its deadline."
                ),
            },
        ),
        (_("Rights"), {"fields": ("is_active", *RIGHTS)}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or _is_superuser(request):
            return fieldsets
        return [
            (
                title,
                options | {"fields": [name for name in options["fields"] if name != "password"]},
            )
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """The address is changed by its owner, who confirms the new one."""
        fixed = [*super().get_readonly_fields(request, obj)]
        if obj is not None:
            fixed += ["email"]
        if not _is_superuser(request):
            fixed += RIGHTS
        return fixed

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002
        form_url: str = "",
    ) -> HttpResponse:
        if not _is_superuser(request):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)


def _is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser


def _may_touch(request: HttpRequest, obj: User | None) -> bool:
    """Staff look after candidates and themselves; a superuser after everyone."""
    return _is_superuser(request) or obj is None or not obj.is_staff or obj == request.user
