/*
 * A model of one document on its way through the gateway: accept, lease, attempt, answer, confirm.
 * One sender, one recipient that takes pushes, one that collects; both keep message ids. The gateway may
 * be killed between any two steps, any message on the wire may be lost, and a worker may be slow enough
 * to outlive its lease. Checked with spin (test/system/delivery-model.test.ts):
 *
 *   safe       nothing acknowledged is lost, nothing is stored or taken twice
 *   pushed     what is stored ends as delivered, or dead with a notice to the sender
 *   collected  what waits to be collected is confirmed in the end
 *
 * One atomic block = one commit of the store, or one message that reaches the other side. What is
 * marked "disk" survives a kill, everything else is gone.
 *
 * The lanes of the two recipients meet only in the commit that makes them, so each is checked without
 * the other (-DNO_COLLECT, -DNO_PUSH): minutes become seconds.
 *
 * Each of the following, given with -D, removes one rule. The checks must then fail, which shows that
 * they can: ANSWER_FIRST, NO_KEY, NO_LEASE_NUMBER, NO_MESSAGE_ID, NO_TAKE_BACK, LISTED_ONCE.
 */
#define KILLS 2
#define LOSSES 2
#define ATTEMPTS 3
#define SLOW 1

mtype = { None, Queued, Active, Deferred, Pending, Delivered, Dead };

/* disk of the gateway */
byte copies;
mtype push = None;
mtype collect = None;
byte attempts;
byte lease;
bool notice;
bool confirmed;
bool listed;

/* disk of the others */
bool acknowledged;
byte taken;
byte collected;

/* the wire and the process */
bool request;
bool answered;
byte life = 1;
byte leaseLife;

/* what may go wrong, bounded */
byte kills;
byte losses;
byte slow;

inline mayLose(lost)
{
  lost = false;
  if
  :: losses < LOSSES -> losses++; lost = true
  :: true
  fi
}

/* The sender repeats until it has an answer. A kill or a lost message shows as a lost connection. */
active proctype Sender()
{
  do
  :: atomic { !request && !answered && !acknowledged -> request = true }
  :: atomic { answered -> answered = false; acknowledged = true }
  :: acknowledged -> break
  od
}

active proctype Receive()
{
  byte mine;
  bool lost;
  do
  :: atomic { request -> mine = life };
#ifdef ANSWER_FIRST
     atomic { if :: life == mine -> request = false; answered = true :: else fi };
#endif
     /* Look-up of the duplicate key, message, deliveries, receipt: one transaction. */
     atomic {
       if
       :: life == mine ->
          if
#ifdef NO_KEY
          :: true
#else
          :: copies == 0
#endif
             -> copies++; push = Queued; collect = Pending
          :: copies > 0
          fi
       :: else
       fi
     };
     atomic {
       if
       :: life == mine && request ->
          mayLose(lost);
          request = false;
          if :: !lost -> answered = true :: lost fi
       :: else
       fi
     }
  :: acknowledged && !request -> break
  od
}

#ifndef NO_PUSH
proctype Worker()
{
  byte mine;
  byte number;
  bool lost;
  bool accepted;
  do
  :: atomic {
       push == Queued || push == Deferred ->
       push = Active; lease++; number = lease; mine = life; leaseLife = life
     };
     accepted = false;
     /* The exchange with the recipient, outside any transaction. */
     atomic {
       if
       :: life == mine ->
          mayLose(lost);
          if
          :: !lost ->
             if
#ifdef NO_MESSAGE_ID
             :: true -> taken++
#else
             :: taken == 0 -> taken = 1
             :: taken > 0
#endif
             fi;
             mayLose(lost);
             accepted = !lost
          :: lost
          fi
       :: else
       fi
     };
     /* The outcome: one transaction, only while the lease is held. */
     atomic {
       if
#ifdef NO_LEASE_NUMBER
       :: life == mine ->
#else
       :: life == mine && push == Active && lease == number ->
#endif
          /* What has ended stays ended. */
          assert(push != Delivered && push != Dead);
          attempts++;
          if
          :: accepted -> push = Delivered
          :: !accepted && attempts >= ATTEMPTS -> push = Dead; notice = true
          :: !accepted && attempts < ATTEMPTS -> push = Deferred
          fi
       :: else
       fi
     }
  :: push == Delivered || push == Dead -> break
  od
}

/*
 * A lease runs out because its worker died with the process, or (not often) because it is slow.
 * How such an attempt ended is not known; the number of kills bounds them.
 */
active proctype TakeBack()
{
  do
#ifndef NO_TAKE_BACK
  :: atomic { push == Active && leaseLife != life -> push = Deferred }
#endif
  :: atomic { push == Active && leaseLife == life && slow < SLOW -> slow++; push = Deferred }
  :: push == Delivered || push == Dead -> break
  od
}

#endif

#ifndef NO_COLLECT
/* The recipient that collects: list, get, store, confirm; it comes until its confirmation is answered. */
active proctype Collector()
{
  bool lost;
  bool known;
  do
  :: atomic {
#ifdef LISTED_ONCE
       collect == Pending && !listed && !known ->
#else
       collect == Pending && !known ->
#endif
       listed = true;
       mayLose(lost);
       if
       :: !lost ->
          if :: collected == 0 -> collected = 1 :: else fi;
          known = true
       :: lost
       fi
     }
  :: atomic {
       known && !confirmed ->
       mayLose(lost);
       if
       :: !lost ->
          if :: collect == Pending -> collect = Delivered :: else fi;
          mayLose(lost);
          if :: !lost -> confirmed = true :: lost fi
       :: lost
       fi
     }
  :: confirmed -> break
  od
}

#endif

active proctype Kill()
{
  do
  :: atomic { kills < KILLS -> kills++; life++; request = false; answered = false }
  :: kills == KILLS -> break
  :: acknowledged -> break
  od
}

#ifndef NO_PUSH
init
{
  atomic { run Worker(); run Worker() }
}
#endif

#define unharmed (copies <= 1 && taken <= 1 && collected <= 1)
#define kept (!acknowledged || copies == 1)
#define truthful ((push != Delivered || taken == 1) && (collect != Delivered || collected == 1))
#define ended (push == Delivered || (push == Dead && notice))

ltl safe { [] (unharmed && kept && truthful) }
ltl pushed { [] (copies > 0 -> <> ended) }
ltl collected_in_the_end { [] (copies > 0 -> <> (collect == Delivered)) }
