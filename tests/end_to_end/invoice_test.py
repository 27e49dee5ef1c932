"""An aggregate of real use, over HTTP alone: a clerk's invoice, its customer, and nobody else."""

import sys
import unittest
import uuid
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.system import System

DUE = (date.today() + timedelta(days=30)).isoformat()


class InvoiceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()

    def setUp(self):
        self.invoice = f"invoice-{uuid.uuid4().hex[:8]}"
        self.customer = f"customer-{uuid.uuid4().hex[:8]}"
        self.tokens = {"clerk": self.system.token("cleo", "--role", "clerk", "--role", "other"),
                       "customer": self.system.token(self.customer),
                       "stranger": self.system.token("eve", "--role", "clerks")}
        self.streams = {who: self.system.stream(token) for who, token in self.tokens.items()}
        for stream in self.streams.values():
            self.addCleanup(stream.close)
            stream.wait_connected()

    def send(self, who, name, data):
        return self.system.send(self.tokens[who], self.invoice, name, data, category="invoice")

    def outcome(self, who, name, data):
        answer = self.send(who, name, data)
        self.assertEqual(answer.status, 202, answer.body)
        return self.streams[who].wait_answer(answer.json()["id"])

    def draft(self):
        self.outcome("clerk", "draft", {"customer": self.customer, "currency": "EUR"})
        return self.outcome("clerk", "add-line",
                            {"description": "Lamp", "quantity": 3, "unit_price": "19.95"})

    def read(self, who):
        return self.system.request("command-gateway", "GET", f"/aggregates/invoice/{self.invoice}",
                                   self.tokens[who])

    def heard(self, who):
        return [event["type"] for event in self.streams[who].events
                if event["subject"] == self.invoice]

    def test_the_customer_hears_of_what_was_sent_and_pays_in_parts(self):
        self.draft()
        self.assertEqual(self.outcome("clerk", "send", {"due": DUE})["data"],
                         {"due": DUE, "total": "59.85"})
        self.streams["customer"].wait(lambda _: self.heard("customer") == ["invoice.sent"],
                                      "the invoice")
        paid = self.outcome("customer", "pay", {"amount": "20.10", "reference": "first"})
        self.assertEqual(paid["data"], {"amount": "20.10", "open": "39.75", "by": self.customer,
                                        "reference": "first"})
        rest = self.outcome("clerk", "pay", {"amount": 39.75})  # a number as it is spelled
        self.assertEqual(rest["data"]["open"], "0.00")
        for who, after in (("customer", ["sent", "paid", "paid"]),
                           ("clerk", ["drafted", "line-added", "sent", "paid", "paid"])):
            wanted = [f"invoice.{name}" for name in after]
            self.streams[who].wait(lambda _: self.heard(who) == wanted, f"{wanted} for {who}")
        self.assertEqual(self.heard("stranger"), [])
        state = self.read("customer").json()["state"]
        self.assertEqual([state[name] for name in ("status", "total", "open")],
                         ["paid", "59.85", "0.00"])

    def test_a_draft_is_the_clerk_s(self):
        self.draft()
        self.assertEqual([self.read(who).status for who in self.tokens], [200, 404, 404])
        self.outcome("clerk", "send", {"due": DUE})
        self.assertEqual([self.read(who).status for who in self.tokens], [200, 200, 404])
        self.assertEqual(self.heard("stranger"), [])

    def test_who_lacks_the_role_is_refused_at_the_edge(self):
        self.draft()
        for who in ("customer", "stranger"):
            for name, data in (("draft", {"customer": "eve", "currency": "EUR"}),
                               ("add-line", {}), ("send", {"due": DUE}), ("cancel", {})):
                answer = self.send(who, name, data)
                self.assertEqual((answer.status, answer.json()["code"]), (403, "forbidden"))
        self.outcome("clerk", "send", {"due": DUE})
        refused = self.outcome("stranger", "pay", {"amount": "1.00"})
        self.assertEqual((refused["type"], refused["data"]["code"]),
                         ("command.rejected", "forbidden"))

    def test_all_faults_are_told_at_once(self):
        answer = self.send("clerk", "add-line",
                           {"description": "", "quantity": 0, "unit_price": "1.999", "x": 1})
        self.assertEqual(answer.status, 422)
        faults = {(error["location"], error["code"]) for error in answer.json()["errors"]}
        self.assertEqual(faults, {("/description", "too-short"), ("/quantity", "too-small"),
                                  ("/unit_price", "too-precise"), ("/x", "unknown")})
        answer = self.send("clerk", "draft", {"customer": "ada", "currency": "DEM"})
        self.assertEqual(answer.json()["errors"][0]["code"], "unknown-value")
        self.assertIn("EUR", answer.json()["errors"][0]["message"])


if __name__ == "__main__":
    suite.main()
