from django.urls import path

from leads.views import forecasts

staff_urlpatterns = [path("forecast/", forecasts.StaffForecastView.as_view(), name="forecast")]
portal_urlpatterns = [path("forecast/", forecasts.PortalForecastView.as_view(), name="forecast")]
