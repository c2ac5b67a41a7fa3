"""The pipeline: composes the steps, and decides nothing itself.

config → organization → targets → sweep → controls → findings → reports
"""
