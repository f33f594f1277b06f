# SPDX-License-Identifier: MIT
"""Steps a scheduler of PyTorch's kind from update 0 on, as a training loop does."""

import copy
import warnings

import torch

warnings.filterwarnings("ignore")  # no optimizer.step() here, which is what they are about


def optimizer(lr):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr, momentum=0.9)


def rates(scheduler, optim, chosen, *, at=0, step=None, key="lr"):
    """The rates (or what else the optimizer calls `key`) of the chosen updates; `at` is the update that comes next. What the scheduler throws stands for the
    rates that it keeps from being known."""
    group = optim.param_groups[0]
    step = step or scheduler.step
    found = []
    for s in chosen:
        try:
            while at < s:
                step()
                at += 1
            found.append(float(group[key]))
        except Exception as error:
            return found + [error] * (len(chosen) - len(found))
    return found


def walk(make, lr, chosen, key="lr"):
    """make(optimizer) builds the scheduler; what it throws stands for every rate."""
    optim = optimizer(lr)
    try:
        scheduler = make(optim)
    except Exception as error:
        return [error] * len(chosen)
    return rates(scheduler, optim, chosen, key=key)


def resumes(make, lr, chosen, at):
    """Whether a scheduler that was saved before update `at` and loaded into a new one goes on as if nothing were."""
    chosen = [s for s in chosen if s >= at]
    optim = optimizer(lr)
    scheduler = make(optim)
    rates(scheduler, optim, [at])
    saved = copy.deepcopy((optim.state_dict(), scheduler.state_dict()))
    straight = rates(scheduler, optim, chosen, at=at)
    optim = optimizer(lr)
    scheduler = make(optim)
    optim.load_state_dict(saved[0])
    scheduler.load_state_dict(saved[1])
    resumed = rates(scheduler, optim, chosen, at=at)
    return [repr(x) for x in straight] == [repr(x) for x in resumed]
