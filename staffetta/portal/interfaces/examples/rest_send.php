<?php
$call = curl_init("@URL@/api/v1/messages");
curl_setopt_array($call, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [
        "Authorization: Bearer " . @KEY@,
        "Content-Type: application/json",
        "Idempotency-Key: order-" . uniqid(),
    ],
    CURLOPT_POSTFIELDS => json_encode([
        "type" => @TYPE@,
        "to" => "+393300000001",
        "text" => "Il tuo ordine è pronto.",
        "sender" => "BRUNI",
    ]),
]);
$answer = json_decode(curl_exec($call), true);
echo $answer["id"] ?? $answer["detail"], "\n";
