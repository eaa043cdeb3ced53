"""The step that all pages with an act share: show the form, do it, return or say why not."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse


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


def to(request: HttpRequest, page: str, pk: int) -> str:
    return reverse(f"council:{page}", args=[pk]) + request.as_of_query
