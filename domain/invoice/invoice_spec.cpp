#include "domain/invoice/invoice.hpp"
#include "tests/kit/given.hpp"

namespace domain::invoice {

using namespace std::chrono_literals;
using Given = kit::Given<Invoice>;

constexpr const char* clerk = R"({"roles":["clerk"]})";
const Drafted drafted{"idp ada", Currency::eur, "cleo"};
const std::string id = Asked{.command_id = "00000000-0000-4000-8000-000000000001"}.new_id();
const LineAdded lamp{id, "Lamp", 2, "19.95"};
const auto noon = std::chrono::sys_days(2026y / 11 / 26) + 12h;
constexpr auto due = 2026y / 12 / 24;
const Sent sent{due, "39.90"};

template <class... Events>
Given by_clerk(const Events&... events) {
    return Given(events...).by("cleo", clerk).at(noon);
}
template <class... Events>
Given by_customer(const Events&... events) {
    return Given(events...).by("ada", "{}", "idp").at(noon);
}

TEST(Invoice, IsDrawnUpByAClerk) {
    by_clerk().when(DraftInvoice{"idp ada", Currency::eur}).then(drafted);
    by_clerk(drafted).when(DraftInvoice{"idp ada", Currency::eur}).then_nothing();
    by_clerk(drafted).when(DraftInvoice{"bob", Currency::eur}).then_rejected("already-drafted");
    by_clerk().when(DraftInvoice{"a\nb", Currency::eur}).then_rejected("invalid-customer");
    by_customer().when(DraftInvoice{"idp ada", Currency::eur}).then_forbidden();
    by_customer(drafted).when(AddLine{"Lamp", 2, "19.95"}).then_forbidden();
    by_customer(drafted, lamp).when(SendInvoice{due}).then_forbidden();
    by_customer(drafted, lamp, sent).when(CancelInvoice{"No."}).then_forbidden();
}

TEST(Invoice, HasLinesWhileItIsADraft) {
    by_clerk(drafted).when(AddLine{"Lamp", 2, "19.95"}).then(lamp);
    by_clerk(drafted, lamp).when(AddLine{"Lamp", 2, "19.95"}).then_nothing();  // the same command
    by_clerk(drafted, lamp).when(RemoveLine{id}).then(LineRemoved{id});
    by_clerk(drafted).when(RemoveLine{id}).then_nothing();
    by_clerk(drafted, lamp, sent).when(AddLine{"Lamp", 1, "1.00"}).then_rejected("not-a-draft");
    by_clerk(drafted, lamp, sent).when(RemoveLine{id}).then_rejected("not-a-draft");
}

TEST(Invoice, IsSentWithWhatItComesTo) {
    by_clerk(drafted, lamp).when(SendInvoice{due}).then(sent);
    by_clerk(drafted, lamp, sent).when(SendInvoice{due}).then_nothing();
    by_clerk(drafted).when(SendInvoice{due}).then_rejected("no-lines");
    by_clerk(drafted, lamp).when(SendInvoice{2026y / 11 / 26}).then(Sent{2026y / 11 / 26, "39.90"});
    by_clerk(drafted, lamp).when(SendInvoice{2026y / 11 / 25}).then_rejected("due-in-the-past");
}

TEST(Invoice, IsPaidInParts) {
    const Paid part{"10.00", "29.90", "idp ada", "first"};
    const Paid rest{"29.90", "0.00", "idp ada"};
    by_customer(drafted, lamp, sent).when(PayInvoice{"10.00", "first"}).then(part);
    by_customer(drafted, lamp, sent, part).when(PayInvoice{"29.90"}).then(rest);
    by_customer(drafted, lamp, sent, part).when(PayInvoice{"29.91"}).then_rejected("too-much");
    by_customer(drafted, lamp, sent, part, rest)
        .when(PayInvoice{"0.01"})
        .then_rejected("already-paid");
    by_clerk(drafted, lamp, sent).when(PayInvoice{"39.90"}).then(Paid{"39.90", "0.00", "cleo"});
    by_clerk(drafted, lamp).when(PayInvoice{"1.00"}).then_rejected("not-payable");
    by_customer(drafted, lamp).when(PayInvoice{"1.00"}).then_forbidden();
    Given(drafted, lamp, sent).by("ada", "{}", "other").when(PayInvoice{"1.00"}).then_forbidden();
}

TEST(Invoice, IsCancelledUntilSomethingIsPaid) {
    const Paid part{"10.00", "29.90", "idp ada"};
    by_clerk(drafted).when(CancelInvoice{"Mistake"}).then(Cancelled{"Mistake"});
    by_clerk(drafted, lamp, sent).when(CancelInvoice{"Mistake"}).then(Cancelled{"Mistake"});
    by_clerk(drafted, Cancelled{"Mistake"}).when(CancelInvoice{"Again"}).then_nothing();
    by_clerk(drafted, lamp, sent, part).when(CancelInvoice{"No"}).then_rejected("already-paid");
    by_clerk().when(CancelInvoice{"No"}).then_rejected("not-there");
}

TEST(Invoice, IsReadByClerksAndOnceItWasSentByItsCustomer) {
    EXPECT_TRUE(by_clerk(drafted).readable());
    EXPECT_FALSE(by_customer(drafted, lamp).readable());
    EXPECT_TRUE(by_customer(drafted, lamp, sent).readable());
    EXPECT_FALSE(Given(drafted, lamp, sent).by("ada", "{}", "other").readable());
    EXPECT_FALSE(Given(drafted, lamp, sent).by("eve", R"({"roles":["clerks"]})").readable());
}

TEST(Invoice, IsHeardOfByItsCustomerOnceItWasSentAndByItsClerkWhenItIsPaid) {
    const Paid part{"10.00", "29.90", "idp ada"};
    by_clerk().when(DraftInvoice{"idp ada", Currency::eur}).then(drafted).hears({});
    by_clerk(drafted).when(AddLine{"Lamp", 2, "19.95"}).hears({});
    by_clerk(drafted).when(CancelInvoice{"Mistake"}).hears({});
    by_clerk(drafted, lamp).when(SendInvoice{due}).hears({"idp ada"});
    by_clerk(drafted, lamp, sent).when(CancelInvoice{"Mistake"}).hears({"idp ada"});
    by_clerk(drafted, lamp, sent).when(PayInvoice{"39.90"}).hears({"idp ada"});
    by_customer(drafted, lamp, sent).when(PayInvoice{"10.00"}).then(part).hears({"cleo"});
}

}  // namespace domain::invoice
