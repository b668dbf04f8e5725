<?php
$headers = ["Authorization: Bearer " . @KEY@, "Content-Type: application/json"];
$call = curl_init("@URL@/api/v1/lookups");
curl_setopt_array($call, [
    CURLOPT_POST => true,
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => $headers,
    CURLOPT_POSTFIELDS => json_encode(["number" => "+393331234567"]),
]);
$lookup = json_decode(curl_exec($call), true);
while ($lookup["state"] !== "settled") {
    sleep(1);
    $call = curl_init("@URL@/api/v1/lookups/" . $lookup["id"]);
    curl_setopt_array($call, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => $headers]);
    $lookup = json_decode(curl_exec($call), true);
}
echo $lookup["result"]["operator"], " ", $lookup["result"]["reach"], "\n";
