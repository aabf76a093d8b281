/**
 * What a host keeps for one of those who speak to its process, in Python: what that one has not heard yet, and its open questions.
 *
 * @module
 */

/**
 * Text of the host's (host_source.ts); process_source.ts says how it is used.
 *
 * @internal
 */
export const SESSION_SOURCE = `
import asyncio, collections, time

MOST_OPEN = 2

class Session:
    def __init__(self, number):
        self.number = number
        self.early = {}
        self.written = 0
        # What it has said, as far as it is kept: where that begins, up to where it is told, where it ends.
        self.pieces = collections.deque()
        self.start = self.told = self.end = 0
        self.questions = collections.deque()
        # Of which other actors it speaks from where on.
        self.guests = {}
        # What waits for its end, if it is another host's.
        self.watch = None
        self.asked = time.monotonic()
        # The process is to wait with what it says next.
        self.is_held = False

    def add(self, data):
        self.pieces.append(data)
        self.end += len(data)
        self.tell()

    def question(self, heard, is_again):
        self.asked = time.monotonic()
        while self.pieces and self.start + len(self.pieces[0]) <= heard:
            self.start += len(self.pieces.popleft())
        self.guests = {guest: at for guest, at in self.guests.items() if at >= heard}
        if is_again:
            # Nobody may hear what older ones are told.
            self.answer_all("bytes", b"")
            self.told = self.start
        question = asyncio.get_running_loop().create_future()
        self.questions.append(question)
        self.tell()
        self.answer_all("bytes", b"", MOST_OPEN)
        return question

    def tell(self):
        if self.questions and self.told < self.end:
            at, new = self.start, []
            for piece in self.pieces:
                if at >= self.told:
                    new.append(piece)
                at += len(piece)
            start, self.told = self.told, self.end
            self.answer("bytes", b"".join(new), start)

    def answer(self, kind, content, start):
        question = self.questions.popleft()
        if not question.done():
            question.set_result([kind, content, start, list(self.guests)])

    # All but so many of the newest.
    def answer_all(self, kind, content, but=0):
        while len(self.questions) > but:
            self.answer(kind, content, self.told)
`;
