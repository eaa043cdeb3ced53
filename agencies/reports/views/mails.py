from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agencies.reports import subscriptions
from agencies.reports.forms.mails import MailForm
from coordination.access.permissions import Perm, require


@require_http_methods(["GET", "POST"])
@require(Perm.VIEW_OVERVIEW)
def mail_settings(request):
    """One's own mails. Roles that do not work on reports get none and read just that."""
    wanted = subscriptions.wanted(request.user)
    form = MailForm(
        request.POST if request.method == "POST" else None,
        initial=dict.fromkeys(wanted, True),
    )
    gets_mails = request.actor.may(Perm.WRITE_REPORTS)
    if gets_mails and form.is_valid():
        subscriptions.choose(request.user, kinds=form.kinds)
        messages.success(request, _("Saved: which mails you get."))
        return redirect("reports:mail_settings")
    return render(request, "reports/mail_settings.html", {"form": form, "gets_mails": gets_mails})


# Mail programs send the POST of RFC 8058 by themselves, without a cookie and so without a token
# against forged requests. The signed address stands for it: who does not know it can do nothing.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_unsubscribe(request, token):
    """Anybody with the link gets here. Looking changes nothing, and nothing tells whose it is."""
    found = subscriptions.read(token)
    if found is None:
        return render(request, "reports/mail_unsubscribe_invalid.html", status=404)
    number, kind = found
    is_done = request.method == "POST"
    if is_done:
        subscriptions.end(number, kind)
    # No redirect after the POST: mail programs would not follow it.
    context = {"kind": kind.label, "is_done": is_done}
    return render(request, "reports/mail_unsubscribe.html", context)
