from django.urls import path

from leads.views.portal import conflicts as portal
from leads.views.staff import conflicts as staff

staff_urlpatterns = [
    path("conflicts/", staff.ConflictListView.as_view(), name="conflicts"),
    path("conflicts/add/", staff.ConflictCreateView.as_view(), name="conflict_create"),
    path("conflicts/search/", staff.ConflictSearchView.as_view(), name="conflict_search"),
    path("conflicts/<int:pk>/", staff.ConflictView.as_view(), name="conflict"),
    path("conflicts/<int:pk>/step/", staff.ConflictStepView.as_view(), name="conflict_step"),
    path("conflicts/<int:pk>/files/<int:file>/", staff.ConflictFileView.as_view(), name="conflict_file"),
    path("direct-sales/", staff.DirectSaleListView.as_view(), name="direct_sales"),
    path("direct-sales/<int:pk>/", staff.DirectSaleView.as_view(), name="direct_sale"),
    path("direct-sales/rules/", staff.DirectRulesView.as_view(), name="direct_rules"),
    path("direct-sales/rules/<int:pk>/", staff.DirectRuleStepView.as_view(), name="direct_rule_step"),
]
portal_urlpatterns = [
    path("conflicts/", portal.ConflictsView.as_view(), name="conflicts"),
    path("conflicts/add/", portal.ConflictCreateView.as_view(), name="conflict_create"),
    path("conflicts/<int:pk>/", portal.ConflictView.as_view(), name="conflict"),
    path("conflicts/<int:pk>/step/", portal.ConflictStepView.as_view(), name="conflict_step"),
    path("conflicts/<int:pk>/files/<int:file>/", portal.ConflictFileView.as_view(), name="conflict_file"),
]
