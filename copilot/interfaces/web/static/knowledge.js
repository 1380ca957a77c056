// A link to a quote leads to it even where its address lacks `#quote`.
const quote = document.getElementById("quote");
if (quote && !location.hash) quote.scrollIntoView({ block: "center" });
