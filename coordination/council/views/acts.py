"""The step that all pages with an act share: show the form, do it, return or say why not."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from coordination.council.models import Motion, MotionStep


def act(
    request: HttpRequest,
    form,
    operation: Callable,
    *,
    template: str,
    context: dict,
    done: str,
    address: Callable[[object], str],
) -> HttpResponse:
    """``operation`` takes the cleaned fields; ``address`` leads on from what it returns.

    Of two clicks the second is no error. Whoever has not seen the last step keeps what they
    typed, and may send it again.
    """
    if form.is_valid():
        try:
            result = operation(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            code = getattr(error, "code", "")
            if code == "done":
                messages.info(request, error.message)
                return redirect(address(None))
            if code == "unseen":
                form.renew()
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return redirect(address(result))
    return render(request, f"council/{template}.html", {**context, "form": form})


def act_on_motion(
    request: HttpRequest, motion: Motion, last: MotionStep, form, operation: Callable, **words
) -> HttpResponse:
    """``refuse`` says why the ``last`` step forbids the act: told before anything is typed.

    What is sent all the same is answered by the operation, so that a second click finds its own.
    """
    refuse, template = words.pop("refuse"), words["template"]
    context = {"motion": motion, "last": last}
    if request.method != "POST":
        try:
            refuse(last)
        except ValidationError as error:
            context |= {"why_not": error.messages[0]}
            return render(request, f"council/{template}.html", context)
    return act(request, form, operation, context=context, **words)


def to(request: HttpRequest, page: str, pk: int) -> str:
    return reverse(f"council:{page}", args=[pk]) + request.as_of_query
