"""Servers that take many freedoms at once, which do not contradict each other: what every change is judged by.

Each is put in front of those before it: first what is said, then how it is written, then how that is sent.
"""

from __future__ import annotations

_OLD = """
lacking/description lacking/context_window_limit lacking/archived lacking/hidden lacking/message_id
lacking/moonshot lacking/moonshot_coding lacking/xhigh
conversations/null-clears conversations/fork-bare conversations/settings-refused
runs/no-background runs/compacts-nothing turns/no-client-tools turns/calls-first turns/heartbeats turns/otids-once runs/other-prompts runs/any-run
lists/limits-refused lists/unknown-message-ignored lists/search-by-case
odd/spelt-in-queries odd/spelt-in-bodies
streams/no-pings streams/no-usage streams/named-message
errors/untyped errors/position errors/first-only errors/more-of-entries errors/plain-failures
bodies/no-updated_at bodies/no-logprobs
dates/plus-zero
bodies/spaced
connections/head-405 connections/slash-404 connections/options-405 connections/redirects connections/cookies
"""

_SCRIPTED = """
lists/nulls-last lists/contexts-in-lists lists/limits-unbounded
turns/echoes turns/other-messages runs/gone runs/other-summaries runs/queues
conversations/description-later conversations/archived_at-stays conversations/fork-named conversations/untitled
odd/nul odd/surrogates odd/huge odd/fractions
streams/characters streams/pieces-of-calls streams/no-tool-calls streams/more-usage streams/usage-of-cancelled
errors/variants errors/reasons
bodies/delete-object bodies/content-parts bodies/no-nulls bodies/more-fields
dates/milliseconds dates/zones
ids/ulids ids/calls
streams/ids streams/pieces
connections/serves connections/slash-422 connections/options-204 connections/allow-lines connections/413
connections/charset connections/chunked connections/gzip connections/gzip-streams
"""

_STRICT = """
pages/one-date pages/thoughts-forgotten lists/nulls-first lists/unknown-agent lists/deleted-cursor
turns/thinks runs/forgotten runs/compacting-fails runs/no-prompt
conversations/unknown-model conversations/unknown-override conversations/archived_at-renewed
odd/keys-twice odd/empty-values odd/escapes odd/dates odd/queries odd/paths
streams/one-tool-call streams/other-failure
errors/undecodable errors/too-deep errors/415 errors/parents errors/empty-details
bodies/delete-true bodies/keys-reordered
dates/ahead dates/trimmed
ids/digits ids/numbers-of-runs
bodies/pretty streams/comments streams/crlf
connections/allow-tight connections/414 connections/431
connections/upper-case-types connections/upper-case-names connections/closes
"""

_COARSE = """
dates/seconds
pages/ties-ascend lists/ties-by-id
turns/obeys-nobody runs/compacts-anything
conversations/sent-updates conversations/description-generated conversations/default-window conversations/created-with-dates conversations/context-without-system
streams/many-pings streams/other-reason
errors/more-entries errors/short-failures
bodies/floats-in-settings bodies/default-model bodies/defaults-in-settings bodies/logprobs
dates/east
runs/cancels-more
ids/upper-case
streams/bom
"""

_ONE_DAY = """
dates/days
pages/filtered-last lists/strangers lists/unknown-message
turns/says-odd-things runs/compacts-sometimes runs/other-counts
conversations/updated_at-stays conversations/archived-null
errors/last-only
bodies/messages-of-another
dates/nanoseconds
ids/umlauts ids/names-of-steps
bodies/escaped bodies/escaped-events streams/no-blank streams/cr
connections/allow-loose
"""

_BARE = """
conversations/no-contexts
pages/fork-without-system
turns/deaf-to-otids turns/fails runs/other-refusals pages/unknown-group runs/unknown-agents
conversations/fork-up-to-nothing
errors/challenges errors/token-first errors/no-words
bodies/bare-messages bodies/bare-conversations bodies/no-created_at bodies/ids-of-users
dates/minus-zero
ids/reserved
streams/more-blank-lines
"""

_UNPAID = """
lacking/archived_at lacking/archives-of-its-own
turns/broke conversations/greets
"""

_NULLS = """
dates/behind
pages/no-system lists/runs-by-id
turns/overloaded conversations/fork-archived conversations/last_message_at-given
bodies/empty-lists
dates/of-sending
bodies/null-created_at bodies/null-updated_at
dates/lower-case
ids/long
"""

SETS: dict[str, tuple[str, ...]] = {
    "old": tuple(_OLD.split()),
    "scripted": tuple(_SCRIPTED.split()),
    "strict": tuple(_STRICT.split()),
    "coarse": tuple(_COARSE.split()),
    "one-day": tuple(_ONE_DAY.split()),
    "bare": tuple(_BARE.split()),
    "unpaid": tuple(_UNPAID.split()),
    "nulls": tuple(_NULLS.split()),
}
