from django.urls import path, register_converter

from pages import views

app_name = "pages"


class HexColour:
    regex = "[0-9a-f]{6}"

    def to_python(self, value: str) -> str:
        return f"#{value}"

    def to_url(self, value: str) -> str:
        return value


register_converter(HexColour, "colour")

urlpatterns = [
    path("look/<int:version>/<colour:colour>.css", views.brand_css, name="brand_css"),
    path("look/theme/", views.set_theme, name="set_theme"),
    path("look/language/", views.set_language, name="set_language"),
]
