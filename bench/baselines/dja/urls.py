"""View sets and the router."""

from django.urls import include, path
from rest_framework.routers import DefaultRouter
from rest_framework_json_api.views import ModelViewSet

from bench.baselines.dja.models import Transaction, Wallet
from bench.baselines.dja.serializers import TransactionSerializer, WalletSerializer


class WalletViewSet(ModelViewSet):
    """Wallets."""

    queryset = Wallet.objects.order_by("id")
    serializer_class = WalletSerializer


class TransactionViewSet(ModelViewSet):
    """Transactions."""

    queryset = Transaction.objects.order_by("id")
    serializer_class = TransactionSerializer


router = DefaultRouter(trailing_slash=False)
router.register("wallets", WalletViewSet)
router.register("transactions", TransactionViewSet)
urlpatterns = [path("api/", include(router.urls))]
