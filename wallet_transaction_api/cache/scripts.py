"""What Redis does in one step: Lua scripts over one hash a wallet and one epoch for all.

An entry counts only in the epoch that it was made in; without an epoch none counts. Redis
keeps scripts in memory only, so a restarted or failed-over server answers NOSCRIPT, whatever
old entries it loaded from disk, until somebody has voided the epoch and loaded the scripts.

What is read may be forged by whoever writes to Redis: no key makes a script fail.
"""

import hashlib
from dataclasses import dataclass, field

from wallet_transaction_api.cache.texts import LONGEST_BALANCE, LONGEST_RECENT


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text and the digest that Redis knows it by."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "digest", digest)


#: Reads that answer nothing for what none of these scripts wrote: a key of another type, or an
#: epoch that is no token. `{balance}` and `{recent}` are the longest texts that are handed on.
_READING = """
local function ask(...)
  local answer = redis.pcall(...)
  if type(answer) == 'table' and answer.err then return false end
  return answer
end
local function epoch_of(key)
  local epoch = ask('GET', key)
  return epoch and #epoch <= 64 and epoch
end
local function short(text, most) return text and #text <= most and text end
"""


def _reading(text: str) -> Script:
    return Script(f"{_READING}{text}")


#: KEYS epoch, entries. ARGV a token, the lease's milliseconds.
#: Returns for each entry the balance; else 1 when the token was taken as lease, nil when
#: another's stands.
READ = _reading(f"""
local epoch = epoch_of(KEYS[1])
local found = {{}}
for i = 2, #KEYS do
  local entry = ask('HMGET', KEYS[i], 'epoch', 'balance') or {{}}
  local is_ours = not entry[2] or short(entry[2], {LONGEST_BALANCE})
  if epoch and entry[1] == epoch and is_ours then
    found[i - 1] = entry[2]
  else
    if not epoch then
      epoch = ARGV[1]
      redis.call('SET', KEYS[1], epoch)
    end
    redis.call('DEL', KEYS[i])
    redis.call('HSET', KEYS[i], 'epoch', epoch, 'lease', ARGV[1])
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
    found[i - 1] = 1
  end
end
return found
""")

#: KEYS entry. ARGV the lease, the version, the balance, its milliseconds beyond the lease's:
#: its time runs since the lease was taken, which was before the database was read.
FILL = _reading("""
if ask('HGET', KEYS[1], 'lease') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'lease')
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'balance', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[1]) + ARGV[4])
end
""")

#: KEYS epoch, entries. ARGV the balances' milliseconds, then version and balance per entry.
PUBLISH = _reading("""
local epoch = epoch_of(KEYS[1])
for i = 2, #KEYS do
  local entry = ask('HMGET', KEYS[i], 'epoch', 'version') or {}
  local version, balance = ARGV[2 * i - 2], ARGV[2 * i - 1]
  local stored = tonumber(entry[2] or nil)
  if not (epoch and entry[1] == epoch and stored and stored > 0 and stored < 2 ^ 53) then
    redis.call('DEL', KEYS[i])
  elseif stored < tonumber(version) then
    redis.call('DEL', KEYS[i])
    redis.call('HSET', KEYS[i], 'epoch', epoch, 'version', version, 'balance', balance)
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
  end
end
""")

#: KEYS epoch, entry.
READ_RECENT = _reading(f"""
local entry = ask('HMGET', KEYS[2], 'epoch', 'recent') or {{}}
return entry[1] and entry[1] == epoch_of(KEYS[1]) and short(entry[2], {LONGEST_RECENT})
""")

#: KEYS epoch, entry. ARGV the version, the transactions.
KEEP_RECENT = _reading("""
local entry = ask('HMGET', KEYS[2], 'epoch', 'version') or {}
if entry[1] and entry[1] == epoch_of(KEYS[1]) and entry[2] == ARGV[1] then
  redis.call('HSET', KEYS[2], 'recent', ARGV[2])
end
""")

ALL = (READ, FILL, PUBLISH, READ_RECENT, KEEP_RECENT)
