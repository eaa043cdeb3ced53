from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from coordination.access.permissions import Perm, require
from coordination.retention import erasures, holdings
from coordination.retention.forms import QuestionEraseForm
from volunteers.desk.models import Question


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_RETENTION)
def question_erase(request, pk):
    """Erase who asked and what was said. The times stay: they are figures by now."""
    question = get_object_or_404(Question.objects.with_names(), pk=pk)
    others = holdings.questions_of(question.email).exclude(pk=pk).count() if question.email else 0
    form = QuestionEraseForm(request.POST or None)
    if form.is_valid():
        chosen = {k: v for k, v in form.cleaned_data.items() if k != "is_sure"}
        try:
            count = erasures.erase_question(question, **chosen, by=request.user)
        except ValidationError as error:  # who asked was faster
            messages.info(request, " ".join(error.messages))
            return redirect("retention:rule_list")
        text = ngettext("%(count)d question was erased.", "%(count)d questions were erased.", count)
        messages.success(request, text % {"count": count})
        return redirect("retention:rule_list")
    return render(
        request,
        "retention/question_erase.html",
        {
            "question": question,
            "form": form,
            "others": others,
            "words": question.messages.count(),
            "is_erased": not question.email,
        },
    )
