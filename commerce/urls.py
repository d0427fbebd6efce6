from django.urls import path

from commerce.views import portal, staff

staff_urlpatterns = [
    path("products/", staff.ProductListView.as_view(), name="products"),
    path("products/<int:pk>/", staff.ProductDetailView.as_view(), name="product"),
    path("products/<int:pk>/sell-in/", staff.ProductSellInView.as_view(), name="product_sell_in"),
    path("products/categories/", staff.CategoryListView.as_view(), name="categories"),
    path("rates/", staff.RateListView.as_view(), name="rates"),
]
portal_urlpatterns = [
    path("figures/", portal.FiguresView.as_view(), name="figures"),
    path("figures/export/", portal.FiguresExportView.as_view(), name="figures_export"),
]
