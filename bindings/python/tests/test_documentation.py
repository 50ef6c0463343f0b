"""Every public name has words of its own, and the names are those of SURFACE.md and help()."""

import dataclasses
import enum
import inspect

import duomo


def public():
    for name in [*duomo.__all__, *(f"convert.{n}" for n in vars(duomo.convert))]:
        module, _, name = name.rpartition(".")
        thing = getattr(duomo.convert if module else duomo, name)
        if module and (name.startswith("_") or getattr(thing, "__module__", "") != "duomo.convert"):
            continue
        yield (f"convert.{name}" if module else name), thing


def missing():
    for name, thing in public():
        if not (thing.__doc__ or "").strip():
            yield name
        if not inspect.isclass(thing):
            continue
        if dataclasses.is_dataclass(thing) and thing.__doc__.startswith(f"{name}("):
            yield name  # what dataclass writes where there is nothing
        if issubclass(thing, enum.Enum) and thing.__doc__ == "An enumeration.":
            yield name
        for kind in thing.__mro__:
            if not kind.__module__.startswith("duomo"):
                continue
            for member, value in vars(kind).items():
                value = getattr(value, "__func__", value)
                is_code = inspect.isfunction(value) or isinstance(value, property)
                if not member.startswith("_") and is_code and not (value.__doc__ or "").strip():
                    yield f"{name}.{member}"


def test_every_public_name_is_explained():
    assert list(missing()) == []
    assert len(list(public())) > 60


def test_the_package_shows_what_is_public():
    assert set(duomo.__all__) <= set(dir(duomo))
    assert list(duomo.__all__) == sorted(duomo.__all__)
