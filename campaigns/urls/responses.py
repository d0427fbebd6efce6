"""What comes back on campaigns."""

from django.urls import path

from campaigns.views.public import responses as public

public_urlpatterns = [
    path("o/<str:token>/picture.gif", public.picture, name="picture"),
    path("c/<str:token>/", public.click, name="click"),
    path("a/<str:token>/<slug:code>/", public.AnswerView.as_view(), name="answer"),
]
