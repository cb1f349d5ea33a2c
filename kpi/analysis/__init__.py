"""One question a file: from a workspace to an answer. Take each from its module: `from kpi.analysis.funnel import funnel`.

Nothing is re-exported here, because a function and its module carry the same name.
"""
