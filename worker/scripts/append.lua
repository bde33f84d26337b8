-- Appends one event: folds it into the task's row if the attempt and the order of states allow, adds what changed to
-- the log, and stamps the row with the entry's offset.
-- KEYS  row
-- ARGV  task_id, state, the other parts of the event, each with a line end behind it, which none of them has in it:
--       type, rank, run, attempt, stamp, group, who, lines, field, value, ...
--       who: '' or a JSON object of fields and values, for a row that does not know who runs the task
--       lines: '' or, if the run itself tells this, how many log lines it had written before: each step says so
-- Answers "verdict attempt offset asked", the last being what is asked of the task. One text each way: every argument
-- and every part of an answer costs its client more than it costs to take it apart here.
-- worker/stream.py sets above this, as they are the same in each call: the keys and key prefixes META, LOG, CHANGED,
-- SENT, COUNTS, ROW, INDEX, STATISTICS, and the bounds LOG_LENGTH, KEPT_TASKS, KEPT_S.
local row = KEYS[1]
local task_id, state = ARGV[1], ARGV[2]
local kind, rank_json, run, attempt, stamp, group, who, lines, fields = string.match(ARGV[3],
  '^([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)')
local rank, attempt = tonumber(rank_json), tonumber(attempt)

local function answer(verdict, of_attempt, offset, asked)
  return verdict .. ' ' .. of_attempt .. ' ' .. (offset or '') .. ' ' .. (asked or '')
end

local clock = redis.call('TIME')
local now_s, now_part = clock[1], string.sub('00000' .. clock[2], -6)
local now = now_s .. now_part -- in microseconds
local now_us = tonumber(now)

-- All of the row that a report needs, in one call: each call costs more than what it reads, but each field is looked for.
local had = {}
local function look_up(wanted)
  for place, value in ipairs(redis.call('HMGET', row, unpack(wanted))) do had[wanted[place]] = value end
end
local names, values = {'rank', 'attempt', 'run', 'state', 'action', 'reports', 'quarter', 'worker', stamp}, {}
local others = #names
for name, value in string.gmatch(fields, '([^\n]*)\n([^\n]*)\n') do
  names[#names + 1] = name
  values[#values + 1] = value
end
look_up(names)
local had_rank, had_attempt, had_run, had_state = tonumber(had.rank), tonumber(had.attempt) or 0, had.run or '', had.state
local is_known = had.attempt -- else nobody has told of this task, or Redis has evicted its row

local epoch, newest = unpack(redis.call('HMGET', META, 'epoch', 'offset'))
if not epoch then
  redis.call('DEL', LOG) -- entries of another epoch have offsets that mean nothing now
  redis.call('HSET', META, 'epoch', now)
end

-- Microseconds of Redis' clock, but never the same twice and never back: ordered, and exact in a double.
-- Answers also the one before it: each entry names its predecessor, so that whoever follows sees what is missing.
local function upcoming() return math.max(now_us, (tonumber(newest) or 0) + 1) end
local function next_offset()
  local last = newest or '0000000000000000'
  newest = now_us > tonumber(last) and now or string.format('%.0f', upcoming())
  redis.call('HSET', META, 'offset', newest)
  return newest, last
end

local function add(offset, prev, id, what, pairs_)
  redis.call('XADD', LOG, 'MAXLEN', '~', LOG_LENGTH, offset .. '-0', 'type', what, 'prev', prev,
    'task_id', id, unpack(pairs_))
end

-- The list is filtered by these: for each of their values a sorted set of tasks, and how many tasks each value has. In
-- these sets a task goes by when it was heard of first: half as long as its id, and SENT has the id of each such time.
local INDEXED = {'group', 'name', 'queue', 'worker'}

local function count(name, by)
  if name and redis.call('HINCRBY', COUNTS, name, by) <= 0 then redis.call('HDEL', COUNTS, name) end
end

local function unlist(id, listed_at, kind, value)
  if not value or value == 'null' then return end
  redis.call('ZREM', INDEX .. kind .. ':' .. value, listed_at or id, id) -- by its id, as versions before listed it
  if redis.call('HINCRBY', INDEX .. kind, value, -1) <= 0 then redis.call('HDEL', INDEX .. kind, value) end
end

-- Only what waits can be withdrawn; what a worker has begun is that worker's to stop.
if kind == 'task-withdrawn' and (not had_rank or (had_rank > 1 and had_state ~= '"RETRY"')) then
  return answer('ended', had_attempt)
end

-- What people ask of a task stands in its row: asked, then seen by its worker, then done or refused.
local about_action = kind == 'task-action-asked' or kind == 'task-action-seen' or kind == 'task-action-told'
local action = had.action and had.action ~= 'null' and cjson.decode(had.action) or nil
local is_open = action ~= nil and action.kind ~= 'rerun' and (action.state == 'asked' or action.state == 'seen')
if about_action and not had_rank then return answer('unknown', 0) end
local asked = nil
if kind == 'task-action-asked' then
  asked = cjson.decode(values[1])
  asked.asked_at = now_us / 1000000
  if asked.kind == 'rerun' then
    if had_rank < 9 then return answer('running', had_attempt) end
    local same = action and action.kind == 'rerun' and action.state ~= 'refused' and action.key == asked.key
    if same and asked.asked_at - action.asked_at < 3 then return answer('unchanged', had_attempt, '', 'rerun') end
  else
    if had_rank >= 9 then return answer('ended', had_attempt) end
    if had_rank <= 1 or had_state == '"RETRY"' then asked.kind = 'revoke' end
    if is_open and (action.kind == asked.kind or asked.kind ~= 'force') then
      return answer('unchanged', had_attempt, '', action.kind) -- two people press at once: one action, which both see
    end
  end
end

local fresh = false -- a new attempt begins: a clean slate
if run ~= '' and run ~= had_run then
  if kind == 'task-started' then
    attempt, fresh = math.max(had_attempt + 1, attempt), true
  elseif had_run == '' then
    attempt = math.max(attempt, 1) -- the row is younger than the run: Redis lost its data
  else
    return answer('superseded', had_attempt)
  end
else
  attempt = had_attempt
end

local moves = state ~= '' and (fresh or not had_rank or (had_rank < 9 and rank >= had_rank))
-- Its sender, and the worker's main process, may be slower to tell than the process that ran it to its end.
local function is_late_news()
  return kind == 'task-sent' or (kind == 'task-received' and redis.call('HEXISTS', row, 'received_at') == 0)
end
if not moves and had_rank and had_rank >= 9 and not is_late_news() and (not about_action or kind == 'task-action-seen') then
  return answer('ended', attempt)
end

local fold, news = {}, {}
local function set(name, value)
  if not news[name] then
    news[name] = value
    fold[#fold + 1] = name
    fold[#fold + 1] = value
  end
end

-- An event that comes late (sent after started) fills gaps only; one that comes in order overwrites. What the row has
-- already is no news.
local given, is_first = {}, {} -- is_first: the row had no such field
local function offer(name, value)
  local stored = had[name]
  given[name] = value
  if not stored or stored == 'null' then is_first[name] = true end
  if stored ~= value and (moves or not stored or kind == 'task-action-told') then set(name, value) end
end

local to_do = '' -- what the run that tells this is asked
local action_now = nil -- the action, if this event changes it
if asked then
  set('action', cjson.encode(asked))
  action_now, to_do = asked, asked.kind
elseif is_open and moves and rank >= 9 then
  action.state = state == 'REVOKED' and 'done' or 'refused'
  action.why = state ~= 'REVOKED' and 'It ended before it could be stopped' or nil
  action.told_at = now_us / 1000000
  action_now = action
  set('action', cjson.encode(action))
elseif is_open and (run ~= '' or kind == 'task-action-seen') then
  to_do = action.kind
  if action.state == 'asked' then
    action.state, action.told_at = 'seen', now_us / 1000000
    action_now = action
    set('action', cjson.encode(action))
  end
end

local state_json = cjson.encode(state)
local is_another_state = moves and state_json ~= had_state
if is_another_state then set('state', state_json) end
if attempt ~= had_attempt or not is_known then set('attempt', tostring(attempt)) end
local at_s = now_s .. '.' .. now_part
if kind == 'task-sent' then -- the worker may be quicker to tell; but nothing came before the sending
  at_s = redis.call('HGET', row, 'received_at') or redis.call('HGET', row, 'started_at') or at_s
elseif kind == 'task-received' and not moves then
  at_s = redis.call('HGET', row, 'started_at') or at_s
end
if stamp ~= '' then offer(stamp, at_s) end
for place, value in ipairs(values) do offer(names[others + place], value) end
if who ~= '' and (run ~= had_run or not had.worker or had.worker == 'null') then
  for name, value in pairs(cjson.decode(who)) do
    had[name] = redis.call('HGET', row, name)
    offer(name, value)
  end
end
if kind == 'task-progressed' then set('reports', tostring((tonumber(had.reports) or 0) + 1)) end
if fresh then
  for _, name in ipairs({'current', 'total', 'reports', 'note', 'summary', 'progress_at', 'ended_at', 'meta', 'result', 'error', 'traceback', 'eta'}) do
    if redis.call('HEXISTS', row, name) == 1 then set(name, 'null') end
  end
end
-- Redis has evicted the row: what this event does not say is not known any more, to those who have seen it neither.
local is_evicted = not is_known and redis.call('ZSCORE', CHANGED, task_id)
if is_evicted then
  for _, name in ipairs({'name', 'queue', 'worker', 'note', 'summary', 'args', 'kwargs', 'error', 'traceback', 'retries', 'current', 'total',
    'reports', 'eta', 'sent_at', 'received_at', 'started_at', 'progress_at', 'ended_at', 'meta', 'result', 'sender',
    'call', 'rerun_of', 'action', 'parent_id', 'root_id', 'children'}) do set(name, 'null') end
end

-- The timeline (worker/steps.py). Each step is a field of its own: so however changes are conflated, every step arrives.
-- The first ones are kept, and of the others the last ones, in turn. Only what is news is a step: an append that is
-- repeated, as its answer was lost, makes none.
local FIRST_STEPS, LAST_STEPS = 20, 40
local reached = not fresh and tonumber(had.quarter) or -1
local kept = {} -- steps as the row keeps them: without names, as they are many and most of a row (worker/steps.py)
local steps, heard = nil, nil -- heard: when the task was heard of first, in microseconds, where its steps' times begin
local function look_at_steps()
  look_up({'steps', 'heard'})
  steps = tonumber(had.steps) or 0
  heard = tonumber(string.sub(had.heard or '', 2, -2)) or 0
  if not is_known then heard = tonumber(redis.call('ZSCORE', SENT, task_id) or upcoming()) end
end
local function step(what, parts_)
  local CODES = {sent = 0, received = 1, started = 2, reported = 3, quarter = 4, retried = 5, ['put-back'] = 6,
    ended = 7, asked = 8, seen = 9, told = 10}
  if not steps then look_at_steps() end
  local told = {'"n":' .. steps, '"kind":"' .. what .. '"', '"at":' .. at_s, '"attempt":' .. attempt}
  local after_us = tonumber(at_s) and string.format('%.0f', at_s * 1000000 - heard) or 'null'
  local short = {steps, CODES[what], after_us, attempt}
  local own_run = lines ~= '' and '"' .. string.sub(run, 1, 8) .. '"'
  for _, part in ipairs({{'run', own_run}, {'lines', lines ~= '' and lines}, unpack(parts_)}) do
    local is_there = part[2] and part[2] ~= 'null'
    if is_there then told[#told + 1] = '"' .. part[1] .. '":' .. part[2] end
    short[#short + 1] = is_there and part[2] or 'null'
  end
  while short[#short] == 'null' do short[#short] = nil end
  local slot = 'step' .. (steps < FIRST_STEPS and steps or FIRST_STEPS + (steps - FIRST_STEPS) % LAST_STEPS)
  set(slot, '{' .. table.concat(told, ',') .. '}')
  kept[slot] = '[' .. table.concat(short, ',') .. ']'
  steps = steps + 1
end

local quarter = -1 -- of its work, how many are done
if kind == 'task-progressed' and moves then
  local current, total = tonumber(given.current), tonumber(given.total)
  local is_measured = current and total and total > 0 and current >= 0
  quarter = is_measured and math.min(4, math.floor(current / total * 4)) or 0
end

if kind == 'task-sent' and is_first.sent_at then
  -- Told after the worker's, it may be of a retry, and the time is that one's.
  step('sent', {{'queue', given.queue}, {'eta', moves and given.eta}})
elseif kind == 'task-received' and (is_first.received_at or is_another_state or (moves and news.worker)) then
  step('received', {{'worker', given.worker}, {'eta', given.eta}})
elseif fresh then
  local overtakes = had_run ~= '' and had_rank and had_rank >= 2 and had_rank <= 3
  step('started', {{'worker', given.worker}, {'overtakes', overtakes and tostring(had_attempt)}})
elseif quarter > reached then
  local own = state ~= 'PROGRESS' and state_json
  step(reached < 0 and 'reported' or 'quarter',
    {{'current', given.current}, {'total', given.total}, {'note', given.note}, {'state', own}})
  reached = quarter
elseif is_another_state and state == 'RETRY' then
  step(kind == 'task-put-back' and 'put-back' or 'retried', {{'note', given.note}, {'eta', given.eta}})
elseif is_another_state and rank >= 9 then
  step('ended', {{'state', state_json}, {'summary', given.summary}})
end
if kind == 'task-action-told' and news.action then action_now = cjson.decode(given.action) end
if action_now then
  local by = type(action_now.by) == 'table' and (action_now.by.user or action_now.by.address)
  local function text(value) return type(value) == 'string' and cjson.encode(value) end
  local now = action_now.state
  step(now == 'asked' and 'asked' or now == 'seen' and 'seen' or 'told', {{'action', text(action_now.kind)},
    {'outcome', text(now)}, {'by', now == 'asked' and text(by)}, {'why', text(action_now.why)}})
end
if is_evicted then -- of a row that was evicted nothing may shine through
  for slot = 0, FIRST_STEPS + LAST_STEPS - 1 do set('step' .. slot, 'null') end
end
if #fold == 0 then return answer('unchanged', attempt, '', to_do) end

if is_another_state or is_first.parent_id then look_up({'group', 'of'}) end
local of = had.of or nil

-- Whoever lists some tasks only, the failed ones say, must know what a task is that comes to be among them: an entry that
-- tells of another state tells the small row's other fields too.
local offset, prev = next_offset()
if not is_known then set('heard', string.format('"%.0f"', redis.call('ZSCORE', SENT, task_id) or offset)) end
local told = fold
if is_another_state then
  local SMALL = {'heard', 'name', 'queue', 'worker', 'note', 'summary', 'attempt', 'retries', 'current', 'total',
    'reports', 'eta', 'sent_at', 'received_at', 'started_at', 'progress_at', 'ended_at'}
  told = {unpack(fold)}
  for place, value in ipairs(redis.call('HMGET', row, unpack(SMALL))) do
    if value and value ~= 'null' and not news[SMALL[place]] then
      told[#told + 1] = SMALL[place]
      told[#told + 1] = value
    end
  end
end

-- A task that another one has sent is shown with that one, if it is among its first: what becomes of it is told there.
local MOST_CHILDREN = 100
local parent, children = nil, 0
if is_first.parent_id and given.parent_id ~= 'null' then
  parent = cjson.decode(given.parent_id)
  if parent == task_id or redis.call('EXISTS', ROW .. parent) == 0 then parent = nil end
end
if parent then
  children = (tonumber(redis.call('HGET', ROW .. parent, 'children')) or 0) + 1 -- 'null' in a row that was evicted
  redis.call('HSET', ROW .. parent, 'children', children)
  if children <= MOST_CHILDREN then
    of = given.parent_id
    redis.call('HSET', ROW .. parent, 'child' .. (children - 1), cjson.encode(task_id))
  end
end
if of and is_another_state then
  told[#told + 1] = 'of'
  told[#told + 1] = of
end

local task_id_json = cjson.encode(task_id)
add(offset, prev, task_id_json, kind, told)

-- What else the row keeps; of it only what is another than before.
local function keep(name, value)
  if value ~= had[name] then set(name, value) end
end
-- A run that was given up is over, also if its worker comes back: no run has this name, so whatever it says is refused.
if kind == 'task-lost' or kind == 'task-put-back' then run = run .. ' (given up)' end
if run ~= '' then keep('run', run) end
if moves then
  keep('rank', rank_json)
  if is_another_state then keep('group', group) end
end
if steps then
  set('steps', tostring(steps))
  set('quarter', tostring(reached))
end
if of and not had.of then set('of', of) end
set('offset', '"' .. offset .. '"')
for at = 1, #fold, 2 do fold[at + 1] = kept[fold[at]] or fold[at + 1] end
redis.call('HSET', row, unpack(fold))
if is_another_state then
  count(had_state, -1)
  count(state_json, 1)
end
if children > MOST_CHILDREN then -- those that are not shown are counted
  local later, before = next_offset()
  add(later, before, given.parent_id, 'task-sent-another', {'children', tostring(children)})
  redis.call('HSET', ROW .. parent, 'offset', '"' .. later .. '"')
  redis.call('ZADD', CHANGED, later, parent)
end
redis.call('ZADD', CHANGED, offset, task_id)
if is_another_state or not is_known then redis.call('ZADD', SENT, 'NX', offset, task_id) end
local listed_at
for _, name in ipairs(INDEXED) do
  local was, is = had[name], news[name]
  if is and is ~= was then
    listed_at = listed_at or redis.call('ZSCORE', SENT, task_id)
    unlist(task_id, listed_at, name, was)
    if is ~= 'null' then
      redis.call('ZADD', INDEX .. name .. ':' .. is, listed_at, listed_at)
      redis.call('HINCRBY', INDEX .. name, is, 1)
    end
  end
end

-- Who waits in which queue, in the order of coming. One that waits for its time is not in line.
local waits, waited = rank <= 1, had_rank and had_rank <= 1
if is_another_state and waits ~= waited then
  local queue, eta = unpack(redis.call('HMGET', row, 'queue', 'eta'))
  local line = queue and queue ~= 'null' and INDEX .. 'waiting:' .. queue
  if line and waited then
    redis.call('ZREM', line, task_id)
  elseif line and waits and (eta or 'null') == 'null' then
    redis.call('ZADD', line, listed_at or redis.call('ZSCORE', SENT, task_id), task_id)
  end
end

-- Counted here alone, where a change of state was accepted: whatever is told twice or refused counts once or not at all.
if fresh or (is_another_state and rank >= 5) then
  local function measure(name, ran_ms, now_s)
    -- Run times in buckets, four for each doubling from 1 ms on. Two generations of them: the older one fades away.
    local GENERATION, GENERATION_S, MOST_NAMES = 500, 7 * 86400, 200
    local key = STATISTICS .. 'times:' .. name
    local begun, runs = unpack(redis.call('HMGET', key, 'begun', 'runs'))
    if begun and (tonumber(runs) >= GENERATION or now_s - begun > GENERATION_S) then
      redis.call('RENAME', key, key .. ':before')
      begun = nil
    end
    if not begun then
      redis.call('HSET', key, 'begun', now_s)
      redis.call('EXPIRE', key, 2 * GENERATION_S)
    end
    local bucket = ran_ms < 1 and 0 or math.min(math.floor(math.log(ran_ms) / math.log(2) * 4) + 1, 120)
    redis.call('HINCRBY', key, 'runs', 1)
    redis.call('HINCRBY', key, bucket, 1)
    local names = STATISTICS .. 'names'
    if redis.call('ZADD', names, now_s, name) == 1 and redis.call('ZCARD', names) > MOST_NAMES then
      local oldest = STATISTICS .. 'times:' .. redis.call('ZPOPMIN', names)[1]
      redis.call('DEL', oldest, oldest .. ':before')
    end
  end

  local COUNTED = {SUCCESS = 'succeeded', FAILURE = 'failed', REJECTED = 'failed', RETRY = 'retried', REVOKED = 'revoked', LOST = 'lost'}
  local what = fresh and 'started' or COUNTED[state]
  for length, told_s in pairs({[10] = 900, [600] = 86400}) do -- seconds: a slot's length, and for how long it is told of
    local key = string.format('%s%d:%d', STATISTICS, length, now_s - now_s % length)
    if redis.call('HINCRBY', key, what, 1) == 1 then
      redis.call('EXPIRE', key, told_s + 2 * length)
      redis.call('SET', STATISTICS .. 'since', now_s, 'NX')
    end
  end
  if what == 'succeeded' then
    local began = tonumber(redis.call('HGET', row, 'started_at'))
    local ran_ms = began and now_us / 1000 - began * 1000 or -1
    local name = redis.call('HGET', row, 'name')
    if ran_ms >= 0 and name and name ~= 'null' then measure(name, ran_ms, now_s) end
  end
end

local function drop(id)
  local key = ROW .. id
  local were = redis.call('HMGET', key, 'state', 'of', unpack(INDEXED))
  local listed_at = redis.call('ZSCORE', SENT, id)
  count(were[1], -1)
  for place, name in ipairs(INDEXED) do unlist(id, listed_at, name, were[place + 2]) end
  if were[5] then redis.call('ZREM', INDEX .. 'waiting:' .. were[5], id) end
  redis.call('DEL', key, LINES_OF .. id)
  redis.call('ZREM', CHANGED, id)
  redis.call('ZREM', SENT, id)
  local offset_, before = next_offset()
  redis.call('HSET', META, 'dropped', offset_) -- whoever is older than this cannot be caught up by changes alone
  add(offset_, before, cjson.encode(id), 'task-expired', {'gone', 'true', 'of', were[2] or 'null'})
end

-- Bounded: at most two old rows go with each change of a state, and each new row, so no append is ever slow.
for _ = 1, (is_another_state or not is_known) and 2 or 0 do
  local oldest = redis.call('ZRANGE', CHANGED, 0, 0, 'WITHSCORES')
  if not oldest[1] or oldest[1] == task_id then break end
  local crowded = redis.call('ZCARD', CHANGED) > KEPT_TASKS
  local stale = tonumber(oldest[2]) < now_us - KEPT_S * 1000000
  if not crowded and not stale then break end
  drop(oldest[1])
end
return answer('appended', attempt, offset, to_do)
