"""What Redis does in one step: Lua scripts over one hash a wallet and one epoch for all.

An entry counts only in the epoch that it was made in; without an epoch none counts. Redis
keeps scripts in memory only, so a restarted or failed-over server answers NOSCRIPT, whatever
old entries it loaded from disk, until somebody has voided the epoch and loaded the scripts.
"""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text and the digest that Redis knows it by."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "digest", digest)


#: KEYS epoch, entries. ARGV a token, the lease's milliseconds.
#: Returns for each entry the balance; else 1 when the token was taken as lease, nil when
#: another's stands.
READ = Script("""
local epoch = redis.call('GET', KEYS[1])
local found = {}
for i = 2, #KEYS do
  local entry = redis.call('HMGET', KEYS[i], 'epoch', 'balance')
  if epoch and entry[1] == epoch then
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
FILL = Script("""
if redis.call('HGET', KEYS[1], 'lease') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'lease')
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'balance', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[1]) + ARGV[4])
end
""")

#: KEYS epoch, entries. ARGV the balances' milliseconds, then version and balance per entry.
PUBLISH = Script("""
local epoch = redis.call('GET', KEYS[1])
for i = 2, #KEYS do
  local entry = redis.call('HMGET', KEYS[i], 'epoch', 'version')
  local version, balance = ARGV[2 * i - 2], ARGV[2 * i - 1]
  if not (epoch and entry[1] == epoch and entry[2]) then
    redis.call('DEL', KEYS[i])
  elseif tonumber(entry[2]) < tonumber(version) then
    redis.call('DEL', KEYS[i])
    redis.call('HSET', KEYS[i], 'epoch', epoch, 'version', version, 'balance', balance)
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
  end
end
""")

#: KEYS epoch, entry.
READ_RECENT = Script("""
local entry = redis.call('HMGET', KEYS[2], 'epoch', 'recent')
return entry[1] == redis.call('GET', KEYS[1]) and entry[2]
""")

#: KEYS epoch, entry. ARGV the version, the transactions.
KEEP_RECENT = Script("""
local entry = redis.call('HMGET', KEYS[2], 'epoch', 'version')
if entry[1] and entry[1] == redis.call('GET', KEYS[1]) and entry[2] == ARGV[1] then
  redis.call('HSET', KEYS[2], 'recent', ARGV[2])
end
""")

ALL = (READ, FILL, PUBLISH, READ_RECENT, KEEP_RECENT)
