from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.retention import runs
from coordination.retention.forms import NumberForm
from coordination.retention.models import RetentionRun
from coordination.retention.rules import BY_CODE, KEPT, RULES
from volunteers.desk.models import Question

MOST_NUMBERS = 100
LAST_RUNS = 20


@require_safe
@require(Perm.VIEW_RETENTION)
def rule_list(request):
    """What is deleted when and why, and how much of it is due."""
    day = request.as_of
    counts = runs.due(day)
    last = RetentionRun.objects.select_related("by")
    number = NumberForm(request.GET if "anfrage" in request.GET else None)
    if number.is_valid():
        question = Question.objects.filter(pk=number.cleaned_data["anfrage"]).first()
        if question and request.actor.may(Perm.MANAGE_RETENTION):
            return redirect("retention:question_erase", question.pk)
        number.add_error("anfrage", _("There is no question with this number."))
    return render(
        request,
        "retention/rule_list.html",
        {
            "rules": [(rule, counts[rule.code]) for rule in RULES],
            "total": sum(counts.values()),
            "kept": KEPT,
            "chosen": _numbers(request.GET.get("regel", ""), day),
            "last_whole": last.filter(rule=runs.WHOLE).first(),
            "runs": [
                (run, BY_CODE[run.rule].what if run.rule in BY_CODE else _("all rules"))
                for run in last[:LAST_RUNS]
            ],
            "number": number,
        },
    )


def _numbers(code: str, day) -> dict | None:
    """Which rows a rule reaches, as numbers. A session's number would be its key."""
    rule = BY_CODE.get(code)
    if rule is None or rule.code == "session":
        return None
    found = list(rule.on(day).order_by("pk").values_list("pk", flat=True)[: MOST_NUMBERS + 1])
    return {
        "rule": rule,
        "numbers": found[:MOST_NUMBERS],
        "is_capped": len(found) > MOST_NUMBERS,
    }


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_RETENTION)
def run_create(request):
    """Apply the rules now, after a look at what that means."""
    day = today()
    if request.method == "POST":
        results = runs.apply(day, by=request.user)
        count = sum(result.count for result in results)
        text = ngettext("%(count)d row settled.", "%(count)d rows settled.", count)
        messages.success(request, text % {"count": count})
        for result in results:
            if result.is_failed:
                text = _("This rule failed and is tried again in the next run: %(rule)s")
                messages.error(request, text % {"rule": result.rule.what})
        return redirect("retention:rule_list")
    counts = runs.due(day)
    return render(
        request,
        "retention/run_create.html",
        {
            "rules": [(rule, counts[rule.code]) for rule in RULES if counts[rule.code]],
            "total": sum(counts.values()),
            "day": day,
        },
    )
